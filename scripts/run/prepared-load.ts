import type { Deployment } from '../cluster/cluster.ts';
import { startLoad } from '../load/k6-load.ts';
import type { Load } from '../load/load.ts';
import type { Recording } from './recording.ts';
import { loadFrom, type TrialRequest } from './trial-request.ts';

type Target = Pick<Deployment, 'url' | 'loadPlace'>;

/** The load of a trial. Where k6 is a pod, that one starts beside those of the app: it saves two seconds of every trial. */
export class PreparedLoad implements AsyncDisposable {
  readonly #request: TrialRequest;
  readonly #recording: Recording;
  readonly #release = Promise.withResolvers<undefined>();
  #load: Promise<Load> | undefined;

  constructor(request: TrialRequest, recording: Recording) {
    this.#request = request;
    this.#recording = recording;
  }

  /** Has k6 get ready, without sending anything. */
  prepare(target: Target): void {
    this.#load = this.#start(target, this.#release.promise);
    // Told to whoever lets it begin.
    this.#load.catch(() => undefined);
  }

  /** Lets it send, to pods that are ready; throws a LabError `load-failed`. */
  begin(target: Target): Promise<Load> {
    this.#release.resolve(undefined);
    this.#load ??= this.#start(target);
    return this.#load;
  }

  /** Removes a load that never began; one that did is removed by whoever let it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const load = await this.#load?.catch(() => undefined);
    await load?.[Symbol.asyncDispose]();
  }

  #start({ url, loadPlace }: Target, heldUntil?: Promise<unknown>): Promise<Load> {
    const { k6, loadPlan, folder } = this.#request;
    const place = loadFrom({ loadPlace }, k6);
    return startLoad({
      place,
      k6,
      url,
      plan: loadPlan,
      folder,
      ...(heldUntil && { heldUntil }),
      ...this.#recording,
    });
  }
}
