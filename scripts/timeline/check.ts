import { triggers } from '../support/trigger.ts';
import { podEvents, populations } from './records.ts';
import { isNumber, isObject, isOneOf, isText, type Fields } from './values.ts';

/** What a parsed line is. `unknown`: a record type of a newer schema. Otherwise a reason why it cannot be used. */
export type LineKind = 'header' | 'event' | 'start' | 'end' | 'connection' | 'unknown' | { reason: string };

/** Sorts one parsed line by hand: a schema library would cost more than all of the analysis. */
export function kindOf(value: unknown): LineKind {
  if (Array.isArray(value)) return kindOfArray(value);
  if (typeof value === 'object' && value !== null) return kindOfObject(value as Fields);
  return { reason: 'neither an array nor an object' };
}

function kindOfArray(record: readonly unknown[]): LineKind {
  switch (record[0]) {
    case 'start':
      return isText(record[1]) && isNumber(record[2]) && isNumber(record[3])
        ? 'start'
        : { reason: 'not a whole `start` record' };
    case 'end':
      return isRequestEnd(record) ? 'end' : { reason: 'not a whole `end` record' };
    case 'accepted':
    case 'dialled':
    case 'refused':
    case 'sent':
    case 'ended':
    case 'closed':
      return isConnection(record) ? 'connection' : { reason: `not a whole \`${record[0]}\` record` };
    default:
      return isText(record[0]) ? 'unknown' : { reason: 'an array without a record type' };
  }
}

function isRequestEnd(record: readonly unknown[]): boolean {
  return (
    isText(record[1]) &&
    isNumber(record[2]) &&
    isNumber(record[3]) &&
    isNumber(record[4]) &&
    isText(record[5]) &&
    isText(record[6]) &&
    isNumber(record[7]) &&
    isNumber(record[8]) &&
    isNumber(record[9]) &&
    isNumber(record[10]) &&
    isNumber(record[11]) &&
    (record[12] === 0 || record[12] === 1)
  );
}

function isConnection(record: readonly unknown[]): boolean {
  if (!isNumber(record[1]) || !isNumber(record[2])) return false;
  switch (record[0]) {
    case 'accepted':
    case 'sent':
      return isText(record[3]);
    case 'refused':
      return isText(record[3]) && isText(record[4]) && isText(record[5]);
    case 'ended':
      return (record[3] === 'client' || record[3] === 'pod') && isText(record[4]);
    default:
      return true;
  }
}

/** For every kind of event the fields that analysis cannot do without. */
const eventChecks: Readonly<Record<string, (record: Fields) => boolean>> = {
  clock: (record) => isNumber(record['epochMs']),
  podClock: (record) =>
    isNumber(record['offsetMs']) && isNumber(record['uncertaintyMs']) && record['uncertaintyMs'] >= 0,
  pod: (record) =>
    isText(record['pod']) &&
    isOneOf(record['event'], podEvents) &&
    isOneOf(record['revision'], ['old', 'new']) &&
    isSightingOrNone(record['seen']),
  endpoint: (record) =>
    isText(record['pod']) &&
    isOneOf(record['event'], ['added', 'removed']) &&
    isSightingOrNone(record['seen']),
  rollout: (record) => isOneOf(record['event'], ['began', 'complete']),
  load: (record) =>
    isOneOf(record['event'], ['starting', 'firstRequest', 'stopping', 'ended']) && hasCountsOrNone(record),
  problem: (record) => isText(record['code']) && isText(record['detail']),
  usage: (record) =>
    isOneOf(record['process'], ['lab', 'balancer', 'k6']) &&
    isNumber(record['cpuMs']) &&
    isNumber(record['wallMs']),
};

function isSightingOrNone(seen: unknown): boolean {
  if (seen === undefined) return true;
  if (!isObject(seen) || !isText(seen['source']) || !isNumber(seen['arrivedMs'])) return false;
  const between = seen['betweenMs'];
  if (!Array.isArray(between) || between.length !== 2) return false;
  const [earliest, latest] = between as unknown[];
  return isNumber(earliest) && isNumber(latest) && earliest <= latest;
}

function kindOfObject(record: Fields): LineKind {
  const type = record['type'];
  if (!isText(type)) return { reason: 'an object without a type' };
  if (type === 'header') return isHeader(record) ? 'header' : { reason: 'not a whole header' };
  const check = Object.hasOwn(eventChecks, type) ? eventChecks[type] : undefined;
  if (check === undefined) return 'unknown';
  return isNumber(record['atMs']) && check(record) ? 'event' : { reason: `not a whole \`${type}\` record` };
}

function hasCountsOrNone(record: Fields): boolean {
  const counts = record['counts'];
  if (counts === undefined) return true;
  if (!isObject(counts)) return false;
  return populations.every((population) => {
    const count = counts[population];
    return isObject(count) && isNumber(count['started']) && isNumber(count['dropped']);
  });
}

const planFields = [
  'replicas',
  'maxSurge',
  'maxUnavailable',
  'graceMs',
  'preStopMs',
  'probeQuantumMs',
  'requestDelayMs',
  'warmUpMs',
  'tailMs',
  'requestTimeoutMs',
];

function isHeader(record: Fields): boolean {
  const { schema, trial, cluster, plan } = record;
  if (!isNumber(schema) || !isObject(trial) || !isObject(cluster) || !isObject(plan)) return false;
  const { ratePerSecond, users } = plan;
  return (
    ['id', 'variant', 'scenario'].every((field) => isText(trial[field])) &&
    isOneOf(trial['kind'], ['restart', 'sham']) &&
    isNumber(trial['repetition']) &&
    (trial['trigger'] === undefined || isOneOf(trial['trigger'], triggers)) &&
    isText(cluster['name']) &&
    (cluster['propagationDelayMs'] === null || isNumber(cluster['propagationDelayMs'])) &&
    planFields.every((field) => isNumber(plan[field])) &&
    isObject(ratePerSecond) &&
    isObject(users) &&
    populations.every((population) => isNumber(ratePerSecond[population]) && isNumber(users[population]))
  );
}
