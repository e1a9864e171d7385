import { open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { systemCodeOf } from './errors.ts';

const readBytes = 64 * 1024;

/** The last lines of a log without colours and empty lines; none when the file is missing. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const position = Math.max(0, size - readBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - position), { position });
    const lines = stripVTControlCharacters(buffer.toString('utf8', 0, bytesRead)).split(/\r?\n|\r/);
    return lines.filter((line) => line.trim() !== '').slice(-count);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
