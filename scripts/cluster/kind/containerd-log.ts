import type { RuntimeAct } from '../kubernetes/runtime-act.ts';

/** logfmt, as containerd writes it: `time="..." level=info msg="..."`, with quotes in it escaped. */
const linePattern = /^time="(?<time>[^"]+)" level=\w+ msg="(?<message>(?:[^"\\]|\\.)*)"/;

const stopPattern = /^StopContainer for "(?<id>\w+)" with timeout \d+ \(s\)$/;
const signalPattern = /^Stop container "(?<id>\w+)" with signal .+$/;
const killPattern = /^Kill container "(?<id>\w+)"$/;
/** An event in protobuf's text form; fields that are 0 are left out, and blanks between them vary. */
const exitPattern =
  /exit event.*\bcontainer_id:"(?<container>\w+)"\s+id:"(?<id>\w+)".*\bexited_at:\{seconds:(?<seconds>\d+)(?:\s+nanos:(?<nanos>\d+))?\}/;

/** Reads what containerd says of stopping containers (internal/cri/server/container_stop.go, events.go); else undefined. */
export function readContainerdLine(line: string): RuntimeAct | undefined {
  const { time = '', message = '' } = linePattern.exec(line)?.groups ?? {};
  const text = message.replaceAll(/\\(.)/g, '$1');
  const epochMs = epochOf(time);
  if (Number.isNaN(epochMs)) return undefined;
  const stopped = stopPattern.exec(text)?.groups?.['id'];
  if (stopped !== undefined) return { container: stopped, act: 'stop', epochMs };
  const signalled = signalPattern.exec(text)?.groups?.['id'];
  if (signalled !== undefined) return { container: signalled, act: 'signal', epochMs };
  const killed = killPattern.exec(text)?.groups?.['id'];
  if (killed !== undefined) return { container: killed, act: 'kill', epochMs };
  return exitOf(text);
}

function exitOf(text: string): RuntimeAct | undefined {
  const { container, id, seconds, nanos = '0' } = exitPattern.exec(text)?.groups ?? {};
  // Other processes in the container, such as those of exec probes, end as well.
  if (container === undefined || container !== id) return undefined;
  const exitCode = Number(/\bexit_status:(\d+)/.exec(text)?.[1] ?? 0);
  return { container, act: 'exit', epochMs: Number(seconds) * 1000 + Number(nanos) / 1e6, exitCode };
}

/** Date.parse cuts off below a millisecond. */
function epochOf(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return Date.parse(time.replace(/\.\d+/, '')) + Number(`0.${fraction || '0'}`) * 1000;
}
