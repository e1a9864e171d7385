import { z } from 'zod';

/**
 * Schemas shared by all documents. The text given to each is the expectation as messages print it, so it
 * has no capital and no full stop.
 */

/** Text that is not empty. */
export function text(expected: string) {
  return z.string(expected).regex(/\S/, expected);
}

/** Words of a command in exec form: at least one, none empty. */
export function words(expected: string) {
  return z.array(text('a word'), expected).min(1, expected);
}

/** A whole number of a range. */
export function wholeNumber(expected: string, minimum: number, maximum = 2 ** 31 - 1) {
  return z.int(expected).min(minimum, expected).max(maximum, expected);
}

/** Seconds with decimals. */
export function seconds(maximum: number) {
  const expected = `a number of seconds from 0 to ${maximum}`;
  return z.number(expected).min(0, expected).max(maximum, expected);
}

/** A mapping with these keys and no others. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, expected = 'a mapping') {
  return z.strictObject(shape, expected);
}

/** Names and values, all text: labels, annotations. */
export const textMapping = z.record(z.string(), z.string('text'), 'a mapping of names to text');

/** Lower-case words that are ids: of variants and scenarios. A first letter keeps YAML from making numbers of them. */
export const idPattern = /^[a-z][a-z0-9-]*$/;

/** Message for `idPattern`. */
export const idExpected = 'a name of lower-case letters, digits and hyphens that begins with a letter';

/** Set by the lab in every pod, so nobody else may: their values belong to the measurement. */
export const reservedEnvironment = ['HOST', 'HOSTNAME', 'HELLO_REST_REQUEST_DELAY'] as const;
