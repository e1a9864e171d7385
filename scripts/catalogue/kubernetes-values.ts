import { z } from 'zod';
import { nearest } from '../support/nearest.ts';
import { unsupportedValue } from './kubernetes-fields.ts';

/**
 * Text of which the embedded cluster takes one value. For the others that Kubernetes has, the hint says
 * that they are not supported here.
 */
export function onlyValue(expected: string, unsupported: string[] = []) {
  return z.string(expected).superRefine((value, context) => {
    if (value === expected) return;
    const suggestion = nearest(value, [expected, ...unsupported]);
    let hint = `Write ${expected}`;
    if (unsupported.includes(value)) hint = unsupportedValue(value, expected);
    else if (suggestion !== undefined) hint = `Did you mean ${suggestion}?`;
    context.addIssue({ code: 'custom', message: expected, params: { hint } });
  });
}

/** A number of pods, or a share of `replicas` such as `25%`. */
export const podCount = z.custom<number | string>(
  (value) =>
    (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000) ||
    (typeof value === 'string' && /^\d{1,3}%$/.test(value)),
  'a whole number of pods from 0 or a percentage such as 25%',
);

/** As `podCount`, and not more than all pods. */
export const podShare = podCount.refine(
  (value) => typeof value === 'number' || Number.parseInt(value) <= 100,
  {
    error: 'a percentage up to 100%',
  },
);

/** The shares of a rolling update, in pods. */
export interface RollingUpdate {
  maxSurge: number;
  maxUnavailable: number;
}

const defaultShare = '25%';

/**
 * Resolves percentages: surge rounds up, unavailable down, and where both come out as 0 one pod may be
 * unavailable. `ResolveFenceposts` in
 * https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/controller/deployment/util/deployment_util.go
 */
export function resolveRollingUpdate(
  replicas: number,
  written: { maxSurge?: number | string | undefined; maxUnavailable?: number | string | undefined },
): RollingUpdate {
  const maxSurge = podsOf(written.maxSurge ?? defaultShare, replicas, Math.ceil);
  const maxUnavailable = podsOf(written.maxUnavailable ?? defaultShare, replicas, Math.floor);
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable };
}

function podsOf(written: number | string, replicas: number, round: (value: number) => number): number {
  return typeof written === 'number' ? written : round((Number.parseInt(written) * replicas) / 100);
}

/** True for 0 and 0%: what Kubernetes does not take for surge and unavailable at once. */
export function isZeroPods(written: unknown): boolean {
  return written === 0 || (typeof written === 'string' && /^0+%$/.test(written));
}

const quantityFactors: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Bytes of a quantity such as `256Mi`, `0.5G` or `1e9`; NaN for any other text.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function bytesOf(quantity: number | string): number {
  const parts = /^(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?([kMGTPE]i?|Ki|m)?$/.exec(String(quantity));
  if (parts === null) return NaN;
  const [, digits = '', exponent = '', suffix = ''] = parts;
  if (exponent !== '' && suffix !== '') return NaN;
  return Math.round(Number(digits + exponent) * (quantityFactors[suffix] ?? NaN));
}

/** An amount of memory, as `resources` have it. */
export const memoryQuantity = z.custom<number | string>(
  (value) =>
    (typeof value === 'number' || typeof value === 'string') &&
    Number.isFinite(bytesOf(value)) &&
    bytesOf(value) > 0,
  'an amount of memory such as 256Mi',
);
