import { probeTimes } from './times.ts';

/** Where requests go: their `Host`. */
export interface Address {
  host: string;
  port: number;
}

const body = '0123456789';

/** The request of every state. A POST: nobody on the way may repeat it when its connection breaks. */
export function postRequest(address: Address, path = '/'): string {
  return head(address, path) + body;
}

/** A POST that is answered after so long that SIGTERM finds it in flight. */
export function slowRequest(address: Address): string {
  return postRequest(address, `/?delay=${String(probeTimes.inFlightDelayMs / 1000)}`);
}

/** A GET without a body, for the warm-up and to see whether a server answers at all. */
export function getRequest(address: Address, path: string): string {
  return `GET ${path} HTTP/1.1\r\n${hostLine(address)}\r\n`;
}

/** A POST in two parts, the first of which ends in the middle of its head or of its body. */
export function splitRequest(address: Address, within: 'head' | 'body'): { first: string; second: string } {
  const whole = postRequest(address);
  const headLength = whole.length - body.length;
  const at = within === 'head' ? Math.floor(headLength / 2) : headLength + body.length / 2;
  return { first: whole.slice(0, at), second: whole.slice(at) };
}

function head(address: Address, path: string): string {
  return `POST ${path} HTTP/1.1\r\n${hostLine(address)}Content-Length: ${String(body.length)}\r\n\r\n`;
}

function hostLine({ host, port }: Address): string {
  return `Host: ${host}:${String(port)}\r\n`;
}
