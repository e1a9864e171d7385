import type { LineCounter, YAMLError } from 'yaml';
import type { Problem } from './problem.ts';

interface Failure {
  file: string;
  lines: LineCounter;
  text: string;
  error: YAMLError;
}

/** An error of the YAML parser in the words of the lab's other messages. */
export function syntaxProblem({ file, lines, text, error }: Failure): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  const position = { line: Math.max(line, 1), column: Math.max(col, 1) };
  return { file, position, path: '', ...wordsFor(error, text) };
}

function wordsFor(error: YAMLError, text: string): Pick<Problem, 'expected' | 'found' | 'hint'> {
  const rest = text.slice(error.pos[0]);
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:,}]+/.exec(rest)?.[0] ?? 'a key';
      return {
        expected: 'each key once',
        found: `${JSON.stringify(key)} again`,
        hint: 'Remove one of the two',
      };
    }
    case 'TAB_AS_INDENT':
      return { expected: 'spaces as indentation', found: 'a tab', hint: 'Replace the tab by spaces' };
    case 'TAG_RESOLVE_FAILED':
      return { expected: 'plain values', found: 'a YAML tag', hint: 'Remove the word that begins with !' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        expected: 'YAML',
        found: quote(error.message),
        hint: 'Quote text that contains ": ", or mend the indentation',
      };
    case 'BAD_SCALAR_START':
      return { expected: 'YAML', found: quote(error.message), hint: 'Quote the text' };
    case 'BAD_INDENT':
      return { expected: 'YAML', found: quote(error.message), hint: 'Mend the indentation' };
    default:
      return { expected: 'YAML', found: quote(error.message), hint: '' };
  }
}

function quote(message: string): string {
  return `an error: ${(message.split('\n', 1)[0] ?? '').replace(/\.$/, '')}`;
}
