import { z } from 'zod';
import type { Kubectl } from '../support/kubectl.ts';

const eventList = z.object({
  items: z.array(
    z.object({
      involvedObject: z.object({ name: z.string().default('') }),
      type: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
      lastTimestamp: z.string().nullish(),
      eventTime: z.string().nullish(),
    }),
  ),
});

/** What the cluster says has happened to a Job and its pod, the oldest first, a line each. None when it cannot be asked. */
export async function eventsOf(kubectl: Kubectl, job: string): Promise<string[]> {
  try {
    const { items } = eventList.parse(await kubectl.json(['get', 'events', '--output=json']));
    const about = items.filter(({ involvedObject: { name } }) => name === job || name.startsWith(`${job}-`));
    const atOf = (event: (typeof items)[number]): string => event.lastTimestamp ?? event.eventTime ?? '';
    return about
      .toSorted((one, other) => atOf(one).localeCompare(atOf(other)))
      .map(({ type, reason, message }) => `${type} ${reason}: ${message.trim()}`);
  } catch {
    return [];
  }
}
