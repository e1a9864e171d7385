// Runs in k6, not in Node.js. Four populations at once, each with requests on a fixed grid in time whether or
// not earlier ones were answered; one line when a request starts and one when it ends, in the form of
// RequestStartRecord and RequestEndRecord (scripts/timeline/records.ts), and at the very end one with k6's own counts
// (scripts/load/k6-counts.ts).
import exec from 'k6/execution';
import http, { type RefinedResponse } from 'k6/http';
import { Counter } from 'k6/metrics';
import type { Options, Scenario } from 'k6/options';

declare const console: { log(line: string): void };

interface Population {
  name: string;
  ratePerSecond: number;
  users: number;
  maximumUsers: number;
}

/** As scripts/load/k6-command.ts writes it. */
interface Plan {
  url: string;
  populations: Population[];
  requestTimeoutMs: number;
}

const plan = JSON.parse(__ENV['LOAD_PLAN'] ?? '') as Plan;
const expectedBody = 'Hello World!\n';
// Far beyond any trial: the lab ends k6 when the trial is over.
const longestRun = '6h';

const started = new Counter('started');

function scenario({ ratePerSecond, users, maximumUsers }: Population, index: number): Scenario {
  // Populations with the same rate would else send at the same instant.
  const startMs = (index * 1000) / ratePerSecond / plan.populations.length;
  return {
    executor: 'constant-arrival-rate',
    // k6 takes whole numbers; 4 s makes a quarter of any whole rate one.
    rate: Math.round(ratePerSecond * 4),
    timeUnit: '4s',
    duration: longestRun,
    startTime: `${Math.round(startMs * 1000)}us`,
    preAllocatedVUs: users,
    maxVUs: maximumUsers,
    gracefulStop: '0s',
  };
}

// A metric by scenario is in the summary only if a threshold names it; these always hold.
const names = plan.populations.map(({ name }) => name);
const counted = names.flatMap((name) => [
  `started{scenario:${name}}`,
  `dropped_iterations{scenario:${name}}`,
]);

export const options: Options = {
  scenarios: Object.fromEntries(
    plan.populations.map((population, index) => [population.name, scenario(population, index)]),
  ),
  thresholds: Object.fromEntries(counted.map((metric) => [metric, ['count>=0']])),
  systemTags: ['scenario'],
  summaryTrendStats: ['count'],
  noCookiesReset: true,
  maxRedirects: 0,
};

const post = { method: 'POST', body: 'x' };
const get = { method: 'GET', body: null };

export default function request(): void {
  const { name, iterationInTest } = exec.scenario;
  const { method, body } = name.endsWith('post') ? post : get;
  const id = `${name}-${iterationInTest}`;
  console.log(JSON.stringify(['start', id, exec.vu.idInTest, Date.now()]));
  // After the line: a request that the end of the load interrupts between the two is in the records.
  started.add(1);
  const response = http.request(method, plan.url, body, {
    headers: name.startsWith('fresh') ? { Connection: 'close', 'X-Rid': id } : { 'X-Rid': id },
    timeout: plan.requestTimeoutMs,
    responseType: 'text',
  });
  console.log(JSON.stringify(endRecord(id, response)));
}

function endRecord(id: string, response: RefinedResponse<'text'>): unknown[] {
  const { status, error, error_code: errorCode, headers, timings } = response;
  const phases = [timings.blocked, timings.connecting, timings.sending, timings.waiting, timings.receiving];
  return [
    'end',
    id,
    Date.now(),
    status,
    errorCode,
    error,
    headers['X-Pod'] ?? '',
    ...phases.map((ms) => Math.round(ms * 1000) / 1000),
    response.body === expectedBody ? 1 : 0,
  ];
}

export function handleSummary(data: { metrics: Record<string, { values: { count: number } }> }): object {
  const count = (metric: string): number => data.metrics[metric]?.values.count ?? 0;
  const counts = names.map((name) => [
    name,
    { started: count(`started{scenario:${name}}`), dropped: count(`dropped_iterations{scenario:${name}}`) },
  ]);
  console.log(JSON.stringify(['counts', Object.fromEntries(counts)]));
  return {};
}
