import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../support/clock.ts';

/** Something to be done at a moment. */
export interface Appointment {
  /** Monotonic milliseconds. */
  atMs: number;
  act: () => void;
}

/** A timer may be late by this much, so it is left to poll well before. */
const pollFromMs = 10;

/**
 * Keeps all appointments, to a fraction of a millisecond: it polls the clock, and lets the event loop turn in
 * between, so that what comes in is seen when it comes. Resolves after the last.
 */
export async function keepAppointments(appointments: Appointment[]): Promise<void> {
  const inOrder = appointments.toSorted((one, other) => one.atMs - other.atMs);
  const firstMs = inOrder[0]?.atMs ?? 0;
  await sleep(Math.max(0, firstMs - pollFromMs - monotonicMs()));
  await new Promise<void>((resolve) => {
    let next = 0;
    const poll = () => {
      for (let due = inOrder[next]; due && due.atMs <= monotonicMs(); due = inOrder[next]) {
        next++;
        due.act();
      }
      if (next < inOrder.length) setImmediate(poll);
      else resolve();
    };
    poll();
  });
}
