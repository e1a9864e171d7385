import { z } from 'zod';
import { runEngine, type EngineOptions } from '../../support/engine-command.ts';

const inspected = z.array(
  z.looseObject({
    Id: z.string(),
    Name: z.string(),
    Created: z.string(),
    State: z.looseObject({ Running: z.boolean() }),
  }),
);

/** A container that is a node of a kind cluster. */
export interface NodeContainer {
  id: string;
  /** `zero-downtime-lab-control-plane` */
  name: string;
  /** Epoch milliseconds. */
  createdMs: number;
  running: boolean;
}

/** The nodes of a kind cluster of this name on the engine of this machine, running or not. */
export async function nodeContainers(cluster: string, options: EngineOptions = {}): Promise<NodeContainer[]> {
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  const listed = await runEngine(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter], options);
  const ids = listed.split('\n').filter((id) => id !== '');
  if (ids.length === 0) return [];
  const answer = await runEngine(['container', 'inspect', ...ids], options);
  return inspected.parse(JSON.parse(answer)).map(({ Id, Name, Created, State }) => ({
    id: Id,
    name: Name.replace(/^\//, ''),
    createdMs: Date.parse(Created),
    running: State.Running,
  }));
}
