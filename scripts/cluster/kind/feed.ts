import { askEngine } from '../../support/engine-command.ts';
import { followInNode } from './node-follow.ts';

export interface FeedRequest<Item> {
  nodes: readonly string[];
  source: string;
  /** Goes on and prints a line for each item. */
  command: string[];
  read: (line: string) => Item | undefined;
}

/** What commands in the nodes tell. Disposing it ends them. */
export interface Feed<Item> extends AsyncDisposable {
  readonly source: string;
  /** False when a node does not tell any more. */
  readonly works: boolean;
  listen(onItem: (item: Item) => void): Disposable;
}

/** Whether a command ends well, and prints something, in each node: a proof that a like one can be followed. */
export async function worksIn(nodes: readonly string[], command: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(nodes.map((node) => askEngine(['exec', node, ...command])));
  return answers.length > 0 && answers.every(({ failed, stdout }) => !failed && stdout !== '');
}

/** Follows a command in each node. */
export function startFeed<Item>(request: FeedRequest<Item>): Feed<Item> {
  const { nodes, source, command, read } = request;
  const followed = new AsyncDisposableStack();
  const listeners = new Set<(item: Item) => void>();
  const onLine = (line: string) => {
    const item = read(line);
    if (item !== undefined) for (const listener of listeners) listener(item);
  };
  let works = true;
  for (const node of nodes) {
    const following = followed.use(followInNode(node, command, onLine));
    void following.ended.then(() => {
      works = false;
    });
  }
  return {
    source,
    get works() {
      return works;
    },
    listen(onItem) {
      listeners.add(onItem);
      return { [Symbol.dispose]: () => void listeners.delete(onItem) };
    },
    [Symbol.asyncDispose]: () => followed.disposeAsync(),
  };
}
