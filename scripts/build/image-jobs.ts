import type { Framework, Variant } from '../catalogue/model.ts';

/** An image to be built, and the variants that run from it. */
export interface ImageJob {
  /** `express`, or `spring-boot/tomcat` where build arguments tell the images of a framework apart. */
  name: string;
  framework: Framework;
  args: Record<string, string>;
  variants: Variant[];
}

/** The images of a framework: one for all variants with the same build arguments. */
export function imageJobs(framework: Framework): ImageJob[] {
  const groups = Map.groupBy(
    framework.variants.filter(({ image }) => image !== undefined),
    ({ image }) => JSON.stringify(Object.entries(image?.args ?? {}).sort()),
  );
  return [...groups].map(([key, variants]) => {
    const args = Object.fromEntries(JSON.parse(key) as [string, string][]);
    const names = variants.map(({ name }) => name).join('+');
    const name = Object.keys(args).length === 0 ? framework.id : `${framework.id}/${names}`;
    return { name, framework, args, variants };
  });
}
