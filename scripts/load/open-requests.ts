import type { RequestRecord } from '../timeline/records.ts';

/** Which requests are open and when each virtual user last began one; epoch milliseconds throughout. */
export class OpenRequests {
  readonly #openSinceMs = new Map<string, number>();
  readonly #lastTurnMs = new Map<number, number>();

  /** Takes a record in the order in which k6 wrote it. */
  add(record: RequestRecord): void {
    if (record[0] === 'end') {
      this.#openSinceMs.delete(record[1]);
      return;
    }
    const [, id, user, epochMs] = record;
    this.#openSinceMs.set(id, epochMs);
    this.#lastTurnMs.set(user, epochMs);
  }

  /** How many requests have begun and not ended. */
  get count(): number {
    return this.#openSinceMs.size;
  }

  /** How many virtual users have begun a request. */
  get users(): number {
    return this.#lastTurnMs.size;
  }

  /** True when no request sent at or before this time is open. */
  noneOpenFrom(epochMs: number): boolean {
    for (const sentMs of this.#openSinceMs.values()) if (sentMs <= epochMs) return false;
    return true;
  }

  /** True when at least `users` virtual users are known and each began a request after this time. */
  everyUserBeganAfter(epochMs: number, users: number): boolean {
    if (this.#lastTurnMs.size < users) return false;
    for (const turnMs of this.#lastTurnMs.values()) if (turnMs <= epochMs) return false;
    return true;
  }
}
