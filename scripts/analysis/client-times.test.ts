import { expect, test } from 'vitest';
import type { RequestEnds } from '../timeline/columns.ts';
import { clientTimes } from './client-times.ts';
import type { Request } from './requests.ts';

/** One request that began at 1000 and ended `forMs` later by k6's lines. */
function timesOf(
  forMs: number,
  end: { blockedMs?: number; sendingMs?: number; takenMs?: number; errorCode?: number; status?: number },
  uncertaintyMs = 0,
) {
  const column = (value: number) => [value];
  const ends = {
    blockedMs: column(end.blockedMs ?? 0),
    sendingMs: column(end.sendingMs ?? 0),
    takenMs: column(end.takenMs ?? 0),
    errorCode: column(end.errorCode ?? 0),
    status: column(end.status ?? 0),
  };
  const request = { startMs: 1000, endMs: 1000 + forMs, end: 0 } as Request;
  return clientTimes(request, ends as unknown as RequestEnds, { uncertaintyMs, requestTimeoutMs: 5000 });
}

test.each([
  {
    name: 'answered at once',
    forMs: 2,
    end: { blockedMs: 0.5, takenMs: 2, status: 200 },
    sent: [1000, 1001.5],
    ended: [1002, 1003],
  },
  {
    name: 'answered after a while',
    forMs: 200,
    end: { sendingMs: 1, takenMs: 200, status: 200 },
    sent: [1000, 1002],
    ended: [1200, 1201],
  },
  {
    name: 'the machine was busy before or behind it',
    forMs: 60,
    end: { takenMs: 20, status: 200 },
    sent: [1000, 1041],
    ended: [1020, 1061],
  },
  { name: 'a refused dial', forMs: 3, end: { errorCode: 1212 }, sent: [1000, 1004], ended: [1000, 1004] },
  {
    name: 'a dial that nobody answered',
    forMs: 5010,
    end: { errorCode: 1050 },
    sent: [1000, 1011],
    ended: [6000, 6011],
  },
  {
    name: 'an answer that never came',
    forMs: 5010,
    end: { errorCode: 1050, blockedMs: 1, takenMs: 5000 },
    sent: [1000, 1012],
    ended: [6000, 6011],
  },
])('$name', ({ forMs, end, sent, ended }) => {
  const times = timesOf(forMs, end);
  expect(times).toMatchObject({ sent, ended });
  expect(times.dialFailed).toBe('errorCode' in end && !('takenMs' in end));
  const rough = timesOf(forMs, end, 10);
  expect(rough.sent[0]).toBe(990);
  expect(rough.sent[1]).toBeCloseTo((sent[1] ?? 0) + 10, 6);
  expect(rough.ended[1]).toBe((ended[1] ?? 0) + 10);
});
