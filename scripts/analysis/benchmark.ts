/**
 * Prints how long reading and analysing a stored timeline takes, on a made-up one.
 * `node scripts/analysis/benchmark.ts --requests 500000`
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readTimeline } from '../timeline/read.ts';
import { analyseTrial } from './analyse.ts';
import { syntheticRecords } from './testing/synthetic.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '500000' } } });
const ratePerSecond = 50;
const durationMs = (Number(values.requests) / (4 * ratePerSecond)) * 1000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'timeline-benchmark-'));
try {
  for (const connections of [false, true]) await measure(connections);
} finally {
  fs.rmSync(folder, { recursive: true });
}

async function measure(connections: boolean): Promise<void> {
  const file = path.join(folder, 'timeline.ndjson');
  writeTimeline(file, connections);
  const megabytes = fs.statSync(file).size / 1e6;
  const beganMs = performance.now();
  const timeline = await readTimeline(file);
  const readMs = performance.now();
  const findings = analyseTrial(timeline);
  const analysedMs = performance.now();
  const requests = Object.values(findings.populations).reduce((sum, { started }) => sum + started, 0);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  process.stdout.write(
    `${connections ? 'requests and connections' : 'requests alone'}: ${requests} requests, ${timeline.lines} lines, ` +
      `${megabytes.toFixed(0)} MB: read ${seconds(readMs - beganMs)} + analyse ${seconds(analysedMs - readMs)} = ` +
      `${seconds(analysedMs - beganMs)}\n`,
  );
}

function writeTimeline(file: string, connections: boolean): void {
  const descriptor = fs.openSync(file, 'w');
  let lines: string[] = [];
  for (const record of syntheticRecords({ ratePerSecond, durationMs })) {
    const isConnection = Array.isArray(record) && record[0] !== 'start' && record[0] !== 'end';
    if (isConnection && !connections) continue;
    // Without connections the trial is one of a cluster whose connections nobody watches.
    if ('type' in record && record.type === 'header' && !connections) record.cluster.name = 'unwatched';
    lines.push(JSON.stringify(record));
    if (lines.length < 10_000) continue;
    fs.writeSync(descriptor, `${lines.join('\n')}\n`);
    lines = [];
  }
  fs.writeSync(descriptor, `${lines.join('\n')}\n`);
  fs.closeSync(descriptor);
}
