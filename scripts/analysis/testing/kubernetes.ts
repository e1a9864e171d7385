import type {
  HeaderRecord,
  PodRecord,
  Population,
  RequestEndRecord,
  TimelineRecord,
} from '../../timeline/records.ts';
import { epochAtZeroMs } from './synthetic.ts';

/** How the made-up cluster is. */
export interface KubernetesOptions {
  /** Watches tell of a change so much later, and that is all that is known of its time. */
  roughMs?: number;
  /** The preStop hook: SIGTERM and all that follows come later by this. */
  hookMs?: number;
  /** Of the clock of k6's pod. */
  offsetMs?: number;
  uncertaintyMs?: number;
}

/** From the deletion of a pod until its EndpointSlice, and until the last proxy, leaves it out. */
const sliceMs = 50;
export const proxiesMs = 400;

/**
 * The same trial on Kubernetes: nobody watches connections or listening sockets, what happens to pods is known roughly,
 * and k6 runs in a pod. Each persistent user stands on a pod of its own (user 1 on `old-1`, user 4 of three replicas on
 * `old-1` too, then on the new pod of that number), and new connections go to all pods in the Service in turn.
 */
export function asKubernetes(
  records: Iterable<TimelineRecord>,
  options: KubernetesOptions = {},
): TimelineRecord[] {
  return new Translation([...records], options).made();
}

const whileStopping = new Set<PodRecord['event']>(['sigterm', 'sigkill', 'exited', 'gone']);

class Translation {
  readonly #records: TimelineRecord[];
  readonly #options: Required<KubernetesOptions>;
  readonly #replicas: number;
  readonly #deletedMs: Map<string, number>;
  readonly #users = new Map<string, number>();
  readonly #refused = new Set<string>();
  readonly #sent = new Map<string, number>();
  /** Connections that nothing was sent on yet, and requests that were the first on theirs. */
  readonly #unused = new Set<number>();
  readonly #first = new Set<string>();
  readonly #podOfUser = new Map<string, string>();
  #turn = 0;

  constructor(records: TimelineRecord[], options: KubernetesOptions) {
    this.#records = records;
    this.#options = { roughMs: 20, hookMs: 0, offsetMs: 0, uncertaintyMs: 0, ...options };
    this.#replicas =
      records.find((record): record is HeaderRecord => isOf(record, 'header'))?.plan.replicas ?? 0;
    this.#deletedMs = new Map(
      records.flatMap((record) =>
        isOf(record, 'pod') && record.event === 'deleted' ? [[record.pod, record.atMs]] : [],
      ),
    );
  }

  made(): TimelineRecord[] {
    return this.#records.flatMap((record) => this.#translate(record));
  }

  #translate(record: TimelineRecord): TimelineRecord[] {
    if (!('type' in record)) return this.#request(record);
    switch (record.type) {
      case 'header': {
        const plan = { ...record.plan, preStopMs: this.#options.hookMs };
        return [
          { ...record, cluster: { name: 'kind', pid1: true, propagationDelayMs: null }, plan },
          this.#clock(0),
        ];
      }
      case 'pod':
        return this.#pod(record);
      case 'endpoint': {
        const deleted = this.#deletedMs.get(record.pod) ?? 0;
        const atMs = record.event === 'removed' ? deleted + sliceMs : record.atMs;
        return [{ ...record, atMs, ...this.#seen(atMs) }];
      }
      case 'load':
        return record.event === 'stopping' ? [record, this.#clock(record.atMs)] : [record];
      default:
        return [record];
    }
  }

  #clock(atMs: number): TimelineRecord {
    const { offsetMs, uncertaintyMs } = this.#options;
    return { type: 'podClock', atMs, offsetMs, uncertaintyMs };
  }

  #seen(atMs: number): Pick<PodRecord, 'seen'> {
    const latest = atMs + this.#options.roughMs;
    return { seen: { source: 'watch', arrivedMs: latest, betweenMs: [atMs, latest] } };
  }

  #pod(record: PodRecord): TimelineRecord[] {
    if (record.event === 'listening' || record.event === 'listenerClosed') return [];
    const atMs = record.atMs + (whileStopping.has(record.event) ? this.#options.hookMs : 0);
    return [{ ...record, atMs, ...this.#seen(atMs) }];
  }

  #request(record: Exclude<TimelineRecord, { type: string }>): TimelineRecord[] {
    const { offsetMs } = this.#options;
    switch (record[0]) {
      case 'start':
        this.#users.set(record[1], record[2]);
        return [record.with(3, record[3] + offsetMs) as typeof record];
      case 'refused':
        this.#refused.add(record[5]);
        return [];
      case 'accepted':
        this.#unused.add(record[2]);
        return [];
      case 'sent':
        if (this.#unused.delete(record[2])) this.#first.add(record[3]);
        this.#sent.set(record[3], (this.#sent.get(record[3]) ?? 0) + 1);
        return [];
      case 'end':
        return [this.#end(record).with(2, record[2] + offsetMs) as RequestEndRecord];
      default:
        return [];
    }
  }

  #end(record: RequestEndRecord): RequestEndRecord {
    const [, id, epochMs, status] = record;
    const population = id.slice(0, id.lastIndexOf('-')) as Population;
    const atMs = epochMs - epochAtZeroMs;
    const head = record.slice(0, 6);
    if (this.#refused.has(id)) {
      return ['end', id, epochMs, 0, 1212, 'dial: connection refused', '', 0, 0, 0, 0, 0, 0];
    }
    if (!population.startsWith('persistent')) {
      const pod = status === 0 ? '' : this.#podInTurn(atMs);
      return [...head, pod, 0.2, 0.1, 0.05, 1, 0.1, record[12]] as RequestEndRecord;
    }
    const key = `${population} ${this.#users.get(id) ?? 0}`;
    const before = this.#podOfUser.get(key);
    if (status === 0) {
      this.#podOfUser.delete(key);
      return [...head, '', 0.01, before === undefined ? 0.1 : 0, 0.05, 1, 0, 0] as RequestEndRecord;
    }
    const isResent = (this.#sent.get(id) ?? 0) > 1;
    const home = this.#homeOf(this.#users.get(id) ?? 0, atMs);
    const pod = isResent ? (['new-0', 'new-1'].find((name) => name !== before) ?? '') : home;
    this.#podOfUser.set(key, pod);
    const isNew = !isResent && (before !== pod || this.#first.has(id));
    return [...head, pod, 0.01, isNew ? 0.1 : 0, 0.05, 1, 0.1, record[12]] as RequestEndRecord;
  }

  #homeOf(user: number, atMs: number): string {
    const index = user % this.#replicas;
    return atMs < (this.#deletedMs.get(`old-${index}`) ?? Infinity) ? `old-${index}` : `new-${index}`;
  }

  #podInTurn(atMs: number): string {
    const pods = Array.from({ length: this.#replicas }, (_, index) => {
      const deleted = this.#deletedMs.get(`old-${index}`) ?? Infinity;
      // One that was told to stop answers no more.
      const answersMs = Math.min(proxiesMs, this.#options.hookMs);
      const old = atMs < deleted + answersMs ? [`old-${index}`] : [];
      return atMs < deleted ? old : [...old, `new-${index}`];
    }).flat();
    return pods[this.#turn++ % pods.length] ?? '';
  }
}

function isOf<Type extends 'header' | 'pod'>(
  record: TimelineRecord,
  type: Type,
): record is Extract<TimelineRecord, { type: Type }> {
  return 'type' in record && record.type === type;
}
