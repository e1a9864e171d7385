import type { PlannedConnection } from './preparation.ts';
import { postRequest, splitRequest, type Address } from './requests.ts';

/** What connections do after SIGTERM, each at its moment, and only if a client still could. */
export class Acts {
  readonly #address: Address;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(address: Address) {
    this.#address = address;
  }

  /** To be called right after SIGTERM. */
  begin(connections: PlannedConnection[]): void {
    for (const planned of connections) {
      const { state, actsAfterMs } = planned.plan;
      if (actsAfterMs === null || (state !== 'late' && !planned.ready)) continue;
      this.#timers.push(setTimeout(() => void this.#act(planned), actsAfterMs));
    }
  }

  /** Whatever has not been begun is not begun any more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #act({ plan, connection }: PlannedConnection): Promise<void> {
    switch (plan.state) {
      case 'head':
      case 'head-reused':
        connection.send('second half', splitRequest(this.#address, 'head').second);
        return;
      case 'body':
        connection.send('second half', splitRequest(this.#address, 'body').second);
        return;
      case 'late':
        connection.dial();
        await connection.connected();
        break;
      case 'unused':
      case 'idle':
      case 'idle-long':
      case 'in-flight':
        break;
    }
    connection.send('request', postRequest(this.#address));
  }
}
