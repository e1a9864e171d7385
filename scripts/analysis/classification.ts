import type { FailureClass } from './findings.ts';

/** The end of a request as k6 wrote it. */
export interface RequestEnd {
  /** 0 without a whole response. */
  status: number;
  errorCode: number;
  errorText: string;
  bodyMatches: 0 | 1;
}

/** What k6 alone can tell of a request that ended. */
export type Outcome =
  | { kind: 'ok' }
  /** k6 cut it because the load was told to stop, if it was. */
  | { kind: 'cancelled'; text: string }
  | { kind: 'failed'; class: FailureClass; text: string };

/**
 * Sorts the end of a request by status, k6's error code and its text. Code 1000 says nothing by itself:
 * k6 gives it to a FIN in place of an answer, to a broken answer and to its own cancellation
 * (k6 `lib/netext/httpext/error_codes.go`). What a refused dial looks like to the client of a balancer is
 * not known here: the balancer's records tell.
 */
export function outcomeOf({ status, errorCode, errorText, bodyMatches }: RequestEnd): Outcome {
  if (status !== 0 && (status < 200 || status > 299)) {
    return {
      kind: 'failed',
      class: 'rejected',
      text: errorText === '' ? `${status}` : `${status} ${errorText}`,
    };
  }
  if (errorCode === 0 && errorText === '' && status !== 0) {
    if (bodyMatches === 1) return { kind: 'ok' };
    return { kind: 'failed', class: 'other', text: `${status} with a wrong body` };
  }
  if (/context canceled|operation was canceled/.test(errorText))
    return { kind: 'cancelled', text: errorText };
  const text = errorText === '' ? `k6 error ${errorCode}` : errorText;
  return { kind: 'failed', class: classOf(errorCode, errorText), text };
}

const classesByCode: Readonly<Record<number, FailureClass>> = {
  1050: 'timeout',
  1201: 'reset',
  1211: 'timeout',
  1212: 'refused',
  1220: 'reset',
};

// The order counts: `unexpected EOF` ends in `EOF`.
const classesByText: readonly (readonly [RegExp, FailureClass])[] = [
  [/unexpected EOF|malformed MIME header/, 'truncated'],
  [/server closed idle connection|\bEOF$/, 'eof'],
  [/connection reset by peer|broken pipe/, 'reset'],
  [/connection refused/, 'refused'],
  [/no route to host|host is unreachable|network is unreachable/, 'unreachable'],
  [/timeout/, 'timeout'],
];

function classOf(errorCode: number, errorText: string): FailureClass {
  if (errorCode >= 1400 && errorCode <= 1599) return 'rejected';
  return (
    classesByCode[errorCode] ?? classesByText.find(([pattern]) => pattern.test(errorText))?.[1] ?? 'other'
  );
}
