import type { RequestRecord } from '../timeline/records.ts';

const startShape = ['string', 'string', 'number', 'number'];
const endShape = [
  ...['string', 'string', 'number', 'number', 'number', 'string', 'string'],
  ...['number', 'number', 'number', 'number', 'number', 'number'],
];

/** Reads one line of the load script; undefined when it is not a whole request record. */
export function parseRequestLine(line: string): RequestRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isRequestRecord(value) ? value : undefined;
}

// By hand: a trial has thousands of these, and a schema library would cost more than all the rest.
function isRequestRecord(value: unknown): value is RequestRecord {
  if (!Array.isArray(value)) return false;
  if (value[0] === 'start') return hasShape(value, startShape);
  return value[0] === 'end' && hasShape(value, endShape) && (value[12] === 0 || value[12] === 1);
}

function hasShape(value: unknown[], shape: string[]): boolean {
  return value.length === shape.length && shape.every((type, index) => typeof value[index] === type);
}
