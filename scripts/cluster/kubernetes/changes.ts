import { setTimeout as sleep } from 'node:timers/promises';

const lookAgainMs = 500;

/** Wakes whoever waits when something was seen, and from time to time: an interrupt or a deadline wakes nobody. */
export class Changes {
  ended = false;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  note(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  next(): Promise<void> {
    return Promise.race([this.#wake.promise, sleep(lookAgainMs)]);
  }

  end(): void {
    this.ended = true;
    this.note();
  }
}
