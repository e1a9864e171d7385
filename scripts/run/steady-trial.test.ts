import { expect, test } from 'vitest';
import { stallOf } from './steady-trial.ts';

const dropped = { code: 'dropped', text: '52 requests were dropped: k6 had no free user' };
const open = { code: 'accounts-open', text: 'accounts do not close' };

test.each([
  { name: 'a valid trial', invalid: [], reason: undefined },
  { name: 'requests that were not sent', invalid: [dropped], reason: dropped.text },
  { name: 'another fault beside that', invalid: [dropped, open], reason: undefined },
  { name: 'another fault', invalid: [open], reason: undefined },
])('measured again: $name', ({ invalid, reason }) => {
  expect(stallOf({ invalid })).toBe(reason);
});
