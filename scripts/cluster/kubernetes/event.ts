import { z } from 'zod';
import { wholeSecond, type Span } from './span.ts';

const eventSchema = z.looseObject({
  involvedObject: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }),
  type: z.string().optional(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});

/** What an object of kind Event says. */
export interface ClusterEvent {
  kind: string;
  /** Of the object that it is about. */
  name: string;
  warning: boolean;
  reason: string;
  message: string;
  /** When it happened last, epoch milliseconds; undefined where it does not say. */
  at: Span | undefined;
}

/** Reads an object of kind Event; throws a ZodError for anything else. */
export function clusterEventOf(object: unknown): ClusterEvent {
  const { involvedObject, type, reason, message, lastTimestamp, eventTime } = eventSchema.parse(object);
  return {
    kind: involvedObject.kind ?? '',
    name: involvedObject.name ?? '',
    warning: type === 'Warning',
    reason,
    message,
    at: spanOf(lastTimestamp, eventTime),
  };
}

/** The kubelet's Events have whole seconds; newer ones an `eventTime` with microseconds. */
function spanOf(lastTimestamp: string | null | undefined, eventTime: string | null | undefined) {
  if (lastTimestamp) return wholeSecond(lastTimestamp);
  if (!eventTime) return undefined;
  const epochMs = Date.parse(eventTime);
  return [epochMs, epochMs + 1] as const;
}
