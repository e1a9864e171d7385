import path from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Formats what is generated: that is a gate of the project for all of its files. */
export type Tidy = (text: string, parser: 'json' | 'markdown') => Promise<string>;

/** Formats as the project's own settings say. */
export async function tidyFor(project: string): Promise<Tidy> {
  const style = await resolveConfig(path.join(project, 'README.md'));
  return (text, parser) => format(text, { ...style, parser });
}
