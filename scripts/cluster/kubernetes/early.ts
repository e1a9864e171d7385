/** Keeps what was heard of something that is not known yet, until it is. */
export class Early<Heard> {
  readonly #kept = new Map<string, Heard[]>();

  keep(key: string, heard: Heard): void {
    const kept = this.#kept.get(key);
    if (kept) kept.push(heard);
    else this.#kept.set(key, [heard]);
  }

  /** All that was kept under this key, in its order, once. */
  take(key: string): Heard[] {
    const kept = this.#kept.get(key) ?? [];
    this.#kept.delete(key);
    return kept;
  }
}
