import { expect, test } from 'vitest';
import type { RequestEndRecord } from '../timeline/records.ts';
import { carriedPerSecond } from './pretest.ts';

const end = (epochMs: number, change: { status?: number; errorCode?: number; matches?: 0 | 1 } = {}) => {
  const { status = 200, errorCode = 0, matches = 1 } = change;
  const error = errorCode === 0 ? '' : 'EOF';
  const record: RequestEndRecord = [
    ...(['end', 'fresh-get-0', epochMs, status, errorCode, error, 'pod', 0, 0, 0, 1, 0] as const),
    matches,
  ];
  return record;
};

test('only good answers of the last seconds are what a server carries', () => {
  const counted = [end(7_001), end(8_000), end(10_000)];
  const others = [
    end(7_000),
    end(10_001),
    end(8_000, { status: 500 }),
    end(8_000, { status: 0, errorCode: 1000 }),
    end(8_000, { matches: 0 }),
  ];
  expect(carriedPerSecond([...others, ...counted], { fromEpochMs: 7_000, toEpochMs: 10_000 })).toBe(1);
  expect(carriedPerSecond([], { fromEpochMs: 7_000, toEpochMs: 10_000 })).toBe(0);
});
