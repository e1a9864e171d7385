import { styleText } from 'node:util';

/** Where progress is shown: a line that is rewritten on a terminal, one line for each trial elsewhere. */
export interface ProgressLine {
  /** What happens now; shown on a terminal only. */
  show(text: string): void;
  /** A line that stays. */
  print(text: string): void;
  /** Removes the moving line. */
  clear(): void;
}

const eraseLine = '\r\u001B[2K';

/** Progress on standard error, so that standard output holds the report and nothing else. */
export function progressOn(stream: NodeJS.WriteStream): ProgressLine {
  const clear = () => {
    if (stream.isTTY) stream.write(eraseLine);
  };
  return {
    clear,
    show(text) {
      if (!stream.isTTY) return;
      // A line longer than the terminal would wrap, and then not be erased whole. Some terminals tell no width.
      const shown = text.slice(0, (stream.columns > 0 ? stream.columns : 80) - 1);
      stream.write(`${eraseLine}${styleText('dim', shown, { stream })}`);
    },
    print(text) {
      clear();
      stream.write(`${text}\n`);
    },
  };
}
