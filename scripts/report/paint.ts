import { styleText } from 'node:util';

/** Applies a style where the text goes to a terminal. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Whether there are colours is decided by the caller, who knows where the text goes. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}
