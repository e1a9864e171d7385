import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder } from '../../support/write-whole.ts';
import { LabError } from '../../support/errors.ts';
import type { Artefact, DeployRequest } from '../cluster.ts';
import type { Addresses } from './addresses.ts';
import type { Address } from './balancer/messages.ts';
import type { ContainerRequest } from './container.ts';
import type { Listeners } from './listeners.ts';
import { Pod } from './pod.ts';

export interface PodFactory {
  request: DeployRequest;
  addresses: Addresses;
  listeners: Listeners;
  /** Folders that pods must see although each has its own /tmp. */
  visible: string[];
  onChange: () => void;
  /** True once the deployment is being removed: a pod that came after that would never be ended. */
  isDisposed: () => boolean;
}

// Kubernetes leaves out vowels and what looks like them, so that no word appears.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A random suffix as Kubernetes gives to pods and replica sets. */
export function nameSuffix(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** What every container finds in its environment, besides what manifest and variant set. */
function inheritedEnv(): { [name: string]: string } {
  const names = ['PATH', 'HOME', 'LANG', 'JAVA_HOME'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Ends a restart that nobody waits for any more. */
export function deploymentRemoved(): LabError {
  return new LabError('deployment-removed', 'The deployment was removed.');
}

/** Where a pod is put, and what runs in it. */
export interface PodPlace {
  addresses: Addresses;
  /** Folders that pods must see although each has its own /tmp. */
  visible: string[];
  logFolder: string;
  /** Beginning of its name. */
  base: string;
  port: number;
  command: string[];
  /** Folder in which the command runs. */
  folder: string;
  /** What manifest and variant set. */
  env: { [name: string]: string };
  givesWay: boolean;
}

/** Gives a pod its name and an address of its own, and says how its container is to be started. */
export async function placePod(
  place: PodPlace,
): Promise<{ name: string; address: Address; container: ContainerRequest }> {
  const { addresses, visible, logFolder, base, port, command, folder, env, givesWay } = place;
  const name = `${base}-${nameSuffix(5)}`;
  const address = await addresses.next(port);
  const identity = { HOST: address.host, PORT: String(address.port), HOSTNAME: name };
  const container = {
    command,
    folder,
    logFile: join(logFolder, `${name}.log`),
    temporaryFolder: join(logFolder, `${name}.tmp`),
    visible,
    givesWay,
    env: { ...inheritedEnv(), ...env, ...identity },
  };
  return { name, address, container };
}

function folderOf(artefact: Artefact): string {
  if ('folder' in artefact) return artefact.folder;
  throw new Error(`the embedded cluster takes folders, not images (${artefact.image})`);
}

/** Makes a pod of the variant on an address of its own. */
export async function createPod(
  factory: PodFactory,
  replicaSet: { name: string; revision: 'old' | 'new' },
): Promise<Pod> {
  const { request, addresses, listeners, visible, onChange } = factory;
  const { variant, manifest, artefact, env, logFolder, originMs, record } = request;
  const placed = await placePod({
    addresses,
    visible,
    logFolder,
    base: replicaSet.name,
    port: manifest.containerPort,
    command: variant.start,
    folder: folderOf(artefact),
    env: { ...manifest.env, ...variant.env, ...env },
    givesWay: true,
  });
  if (factory.isDisposed()) throw deploymentRemoved();
  makeFolder(logFolder);
  const { revision } = replicaSet;
  return new Pod({ ...placed, revision, manifest, listeners, originMs, record, onChange });
}
