import { styleText } from 'node:util';

/** Applies a style where the text goes to a terminal. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Whether there are colours is decided by the caller, who knows where the text goes. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}

/** Lines whose cells begin in the same columns; the last cell of a line is not padded. */
export function columnsOf(rows: readonly (readonly string[])[], gap = '  '): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}
