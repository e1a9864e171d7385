import { execa } from 'execa';
import type { Variant } from '../../catalogue/model.ts';

/** A server usually answers in seconds, three JVMs on a very busy machine in minutes. */
const startLimitMs = 600_000;
/** Longer than any app takes to end after SIGTERM. */
const endLimitMs = 90_000;
const port = 8080;

/** A container of an image; disposing it removes it. */
export interface RunningImage extends AsyncDisposable {
  url: string;
  /** Its name in its own eyes, as in `HOSTNAME`. */
  hostname: string;
  inspect(): Promise<ContainerFacts>;
  signal(name: 'TERM' | 'KILL'): Promise<void>;
  /** Waits for its end. */
  exitCode(): Promise<number>;
}

export interface ContainerFacts {
  readOnlyRoot: boolean;
  firstProcess: { userId: number; command: string };
}

export interface ImageFacts {
  user: string;
  entrypoint: string[];
  /** CMD */
  command: string[];
}

/** What an image says of itself. */
export async function inspectImage(image: string): Promise<ImageFacts> {
  const config = JSON.parse(
    await docker(['image', 'inspect', '--format', '{{json .Config}}', image]),
  ) as Partial<{ User: string; Entrypoint: string[] | null; Cmd: string[] | null }>;
  return { user: config.User ?? '', entrypoint: config.Entrypoint ?? [], command: config.Cmd ?? [] };
}

/**
 * Starts a variant as Kubernetes does, with a root file system that is read-only and a `/tmp` that is not, and waits
 * until it answers. Testcontainers removes it even when the tests are killed.
 */
export async function startVariant(image: string, variant: Variant): Promise<RunningImage> {
  // It takes long to import, and most tests need none of it.
  const { GenericContainer, Wait } = await import('testcontainers');
  class ReadOnlyContainer extends GenericContainer {
    constructor() {
      super(image);
      this.hostConfig.ReadonlyRootfs = true;
    }
  }
  const container = new ReadOnlyContainer()
    .withTmpFs({ '/tmp': 'rw' })
    .withEnvironment({ ...variant.env, HELLO_REST_REQUEST_DELAY: '0.2' })
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forHttp('/health', port, { abortOnContainerExit: true }).forStatusCode(200))
    .withStartupTimeout(startLimitMs);
  const command = variant.image?.command;
  const started = await (command === undefined ? container : container.withEntrypoint(command)).start();
  const id = started.getId();
  return {
    url: `http://${started.getHost()}:${started.getMappedPort(port)}`,
    hostname: await docker(['inspect', '--format', '{{.Config.Hostname}}', id]),
    inspect: () => inspectContainer(id),
    signal: async (name) => {
      await docker(['kill', '--signal', name, id]);
    },
    exitCode: () => waitForEnd(id),
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

async function inspectContainer(id: string): Promise<ContainerFacts> {
  const format = '{{.HostConfig.ReadonlyRootfs}} {{.State.Pid}}';
  const [readOnlyRoot, pid] = (await docker(['inspect', '--format', format, id])).split(' ');
  const [, ...processes] = (await docker(['top', id, '-eo', 'pid,uid,args'])).split('\n');
  const first = processes.map((line) => line.trim().split(/\s+/)).find(([own]) => own === pid);
  const [, userId, ...command] = first ?? [];
  return {
    readOnlyRoot: readOnlyRoot === 'true',
    firstProcess: { userId: Number(userId), command: command.join(' ') },
  };
}

async function waitForEnd(id: string): Promise<number> {
  const { stdout, timedOut } = await execa('docker', ['wait', id], { timeout: endLimitMs, reject: false });
  if (timedOut) throw new Error(`it still runs ${endLimitMs / 1000} s after the signal`);
  return Number(stdout);
}

async function docker(args: string[]): Promise<string> {
  return (await execa('docker', args)).stdout;
}
