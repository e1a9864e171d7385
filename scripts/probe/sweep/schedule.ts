import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../support/clock.ts';

/** Something to be done at a moment. */
export interface Appointment {
  /** Monotonic milliseconds. */
  atMs: number;
  act: () => void;
  /** Done shortly before, with a turn of the event loop in between. */
  prepare?: () => void;
}

/** So long before its moment an appointment is prepared. */
const prepareBeforeMs = 0.1;
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
    let [kept, prepared] = [0, 0];
    const dueAt = (index: number) => inOrder[index]?.atMs ?? Infinity;
    const poll = () => {
      const nowMs = monotonicMs();
      for (; kept < prepared && dueAt(kept) <= nowMs; kept++) inOrder[kept]?.act();
      for (; dueAt(prepared) <= nowMs + prepareBeforeMs; prepared++) inOrder[prepared]?.prepare?.();
      if (kept < inOrder.length) setImmediate(poll);
      else resolve();
    };
    poll();
  });
}
