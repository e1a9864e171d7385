/** Keeps a text in one cell of a table. */
export function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Keeps what others wrote (errors, settings) from being read as Markdown. */
export function escapeText(text: string): string {
  return text.replaceAll('\n', ' ').replace(/[\\`*_<>[\]|]/g, (character) => `\\${character}`);
}

/** A list of plain lines. */
export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${escapeText(line)}`).join('\n');
}
