import { askEngine } from '../../support/engine-command.ts';
import { followInNode } from './node-follow.ts';

export interface FeedRequest<Item> {
  nodes: readonly string[];
  source: string;
  /** Goes on and prints a line for each item. */
  command: string[];
  /** Ends well, and prints something, where the command is going to work. */
  proof: string[];
  read: (line: string) => Item | undefined;
}

/** What commands in the nodes tell. Disposing it ends them. */
export interface Feed<Item> extends AsyncDisposable {
  readonly source: string;
  /** False where a node cannot tell, or does not any more. */
  readonly works: boolean;
  listen(onItem: (item: Item) => void): Disposable;
}

/** Follows a command in each node. */
export async function startFeed<Item>(request: FeedRequest<Item>): Promise<Feed<Item>> {
  const { nodes, source, command, proof, read } = request;
  await using undo = new AsyncDisposableStack();
  const listeners = new Set<(item: Item) => void>();
  const onLine = (line: string) => {
    const item = read(line);
    if (item !== undefined) for (const listener of listeners) listener(item);
  };
  let works = nodes.length > 0;
  for (const node of nodes) {
    const { failed, stdout } = await askEngine(['exec', node, ...proof]);
    works &&= !failed && stdout !== '';
  }
  if (works) {
    for (const node of nodes) {
      const following = undo.use(followInNode(node, command, onLine));
      void following.ended.then(() => {
        works = false;
      });
    }
  }
  const end = undo.move();
  return {
    source,
    get works() {
      return works;
    },
    listen(onItem) {
      listeners.add(onItem);
      return { [Symbol.dispose]: () => void listeners.delete(onItem) };
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}
