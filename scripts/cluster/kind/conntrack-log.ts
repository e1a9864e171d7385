import type { NewConnection } from '../kubernetes/nodes.ts';

/**
 * A new entry of the connection table, as `conntrack -E -o timestamp` prints it: the addresses that the client
 * used, then those that the answer comes from.
 */
const pattern =
  /^\[(?<seconds>\d+)\.(?<micros>\d+)\s*\]\s+\[NEW\] tcp .*?\bdst=(?<called>\S+) .*?\bsrc=(?<answers>\S+) /;

/** A new connection whose destination was translated: one through a Service, not the kubelet's probes. */
export function readConntrackLine(line: string): NewConnection | undefined {
  const { seconds, micros, called, answers } = findAddresses(line);
  if (seconds === undefined || answers === undefined || called === answers) return undefined;
  return { podIp: answers, epochMs: Number(seconds) * 1000 + Number(micros) / 1000 };
}

function findAddresses(line: string): { [name: string]: string | undefined } {
  // The first src= is the client's; what follows the first dst= begins with the answering side.
  return pattern.exec(line.replace(/\bsrc=\S+ /, ''))?.groups ?? {};
}
