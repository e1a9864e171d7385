/** Checks of parsed JSON by hand: records are read by the hundred thousand. */

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Narrows to a string. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Narrows to a finite number. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Narrows to an object that is no array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a string that is one of these. */
export function isOneOf(value: unknown, names: readonly string[]): boolean {
  return isText(value) && names.includes(value);
}
