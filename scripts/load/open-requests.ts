import type { RequestRecord } from '../timeline/records.ts';
import { isPersistent } from './plan.ts';

/** Which requests are open and when each connection that is kept was last used; epoch milliseconds throughout. */
export class OpenRequests {
  readonly #openSinceMs = new Map<string, number>();
  readonly #users = new Set<number>();
  /** Of users that keep a connection. */
  readonly #lastTurnMs = new Map<number, number>();

  /** Takes a record in the order in which k6 wrote it. */
  add(record: RequestRecord): void {
    if (record[0] === 'end') {
      this.#openSinceMs.delete(record[1]);
      return;
    }
    const [, id, user, epochMs] = record;
    this.#openSinceMs.set(id, epochMs);
    this.#users.add(user);
    if (isPersistent(id)) this.#lastTurnMs.set(user, epochMs);
  }

  /** How many requests have begun and not ended. */
  get count(): number {
    return this.#openSinceMs.size;
  }

  /** How many virtual users have begun a request. */
  get users(): number {
    return this.#users.size;
  }

  /** True when no request sent at or before this time is open. */
  noneOpenFrom(epochMs: number): boolean {
    for (const sentMs of this.#openSinceMs.values()) if (sentMs <= epochMs) return false;
    return true;
  }

  /** True when at least `users` virtual users keep a connection and each began a request on it after this time. */
  everyConnectionUsedAfter(epochMs: number, users: number): boolean {
    if (this.#lastTurnMs.size < users) return false;
    for (const turnMs of this.#lastTurnMs.values()) if (turnMs <= epochMs) return false;
    return true;
  }
}
