import fs from 'node:fs';
import path from 'node:path';
import type { LabError } from '../support/errors.ts';
import { makeFolder, notWritable } from '../support/write-whole.ts';
import type { TimelineRecord } from './records.ts';

/** How long a record may stay in memory: what a `kill -9` of the lab can cost. */
const flushIntervalMs = 200;

/** The growing record of one trial, or of one session of a probe. Disposing it writes what is left and closes the file. */
export interface Timeline<Line> extends AsyncDisposable {
  readonly file: string;
  /** Adds a line. Throws after the timeline was closed. */
  append(record: Line): void;
  /** Writes every line appended so far. Throws `results-not-writable` when that was or is not possible. */
  flush(): void;
}

/**
 * Opens a timeline for appending and makes its folder. Lines are written whole and in order, by one
 * synchronous write at least every 200 ms, so a killed lab leaves whole lines and at most one that is cut.
 * A cut line left by an earlier writer is ended first, so that it spoils no line but itself. Throws
 * `results-not-writable`.
 */
export function openTimeline<Line = TimelineRecord>(file: string): Timeline<Line> {
  makeFolder(path.dirname(file));
  const descriptor = openForAppending(file);
  let lines: string[] = endsInsideLine(descriptor) ? [''] : [];
  let closed = false;
  let failure: LabError | undefined;

  const flush = (): void => {
    if (failure) throw failure;
    if (lines.length === 0) return;
    const text = lines.join('\n') + '\n';
    lines = [];
    try {
      writeWhole(descriptor, Buffer.from(text));
    } catch (error) {
      failure = notWritable(file, error);
      throw failure;
    }
  };
  // Nobody could catch what a timer throws: the next flush, or disposal, throws it again.
  const timer = setInterval(() => {
    try {
      flush();
    } catch {
      clearInterval(timer);
    }
  }, flushIntervalMs);
  timer.unref();

  return {
    file,
    append(record) {
      if (closed) throw new Error(`${file}: a record was appended after the timeline was closed`);
      // After a failed write there is nowhere to put it; the failure is thrown by flush and by disposal.
      if (!failure) lines.push(JSON.stringify(record));
    },
    flush,
    [Symbol.asyncDispose]() {
      if (closed) return Promise.resolve();
      closed = true;
      clearInterval(timer);
      try {
        flush();
      } finally {
        fs.closeSync(descriptor);
      }
      return Promise.resolve();
    },
  };
}

function openForAppending(file: string): number {
  try {
    return fs.openSync(file, 'a+');
  } catch (error) {
    throw notWritable(file, error);
  }
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += fs.writeSync(descriptor, bytes, written);
}

function endsInsideLine(descriptor: number): boolean {
  const { size } = fs.fstatSync(descriptor);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  fs.readSync(descriptor, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}
