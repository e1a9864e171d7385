import { z } from 'zod';
import {
  idExpected,
  idPattern,
  mapping,
  reservedEnvironment,
  seconds,
  text,
  wholeNumber,
  words,
} from './fields.ts';

const toolchainSchema = mapping({
  name: text('the name of a tool such as Go'),
  command: text('a command looked up on the PATH'),
  atLeast: z
    .string('a version in quotes such as "1.24"')
    .regex(/^\d+(\.\d+)*$/, 'a version of digits and dots such as "1.24"'),
  versionCommand: words('a list of words').optional(),
});

/** Names of environment variables that an app may set for a variant. */
const environmentSchema = z.record(
  z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'a name of letters, digits and _')
    .refine((name) => ![...reservedEnvironment, 'PORT'].includes(name), {
      error: 'a name that the lab does not set itself (HOST, PORT, HOSTNAME, HELLO_REST_REQUEST_DELAY)',
    }),
  z.string('text'),
  'a mapping of names to text',
);

const imageSchema = mapping({
  // Their names are those of the Dockerfile: see image.ts.
  args: z.record(z.string(), z.string('text'), 'a mapping of names to text').optional(),
  command: words('a list of words').optional(),
  exitCode: wholeNumber('an exit code from 0 to 255', 0, 255).optional(),
});

const variantSchema = mapping({
  setting: text('words that say what is switched on'),
  start: words('a list of words'),
  server: text('the name of the HTTP server').optional(),
  env: environmentSchema.optional(),
  image: imageSchema.optional(),
  scenarios: z.array(text('the name of a scenario'), 'a list of scenarios').optional(),
});

/** Of `version`: the file and the expression whose one group is the version. */
export const versionSchema = mapping({
  file: text('a file of the folder, such as package-lock.json'),
  pattern: text('a regular expression with one group'),
});

/** The names of the variants with what is in them. */
const variantsSchema = z
  .record(z.string().regex(idPattern, idExpected), variantSchema, 'a mapping of names to variants')
  .refine((variants) => Object.keys(variants).length > 0, { error: 'at least one variant' });

/** A whole `app.yaml`. */
export const appSchema = mapping({
  name: text('the name as its authors write it'),
  language: text('a programming language'),
  server: text('the name of the HTTP server').optional(),
  homepage: z.url({ protocol: /^https?$/, hostname: /\./, error: 'an http or https URL' }),
  control: z.boolean('true or false').optional(),
  version: versionSchema,
  needs: z.array(toolchainSchema, 'a list of tools').min(1, 'a list of at least one tool'),
  build: text('a shell script').optional(),
  startUpSeconds: seconds(600).optional(),
  warmUpSeconds: seconds(600).optional(),
  variants: variantsSchema,
});

/** What an `app.yaml` says. */
export type App = z.infer<typeof appSchema>;
