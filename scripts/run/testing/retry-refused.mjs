// Preloaded into the balancer: a connection that a pod refuses is tried again on other pods, as some proxies do it,
// so that no client sees a refusal.
import { registerHooks } from 'node:module';

/** By the end of a file's name: what stands there, and what is to stand there instead. */
const edits = {
  '/balancer/main.ts': ['endpoint: chooseEndpoint()', 'endpoint: chooseEndpoint(), another: chooseEndpoint'],
  '/balancer/connection.ts': [
    "this.#refuse(systemCodeOf(error) ?? 'ERROR');",
    `const { another } = this.#options;
    setTimeout(() => {
      const endpoint = another();
      if (endpoint === undefined) this.#refuse(systemCodeOf(error) ?? 'ERROR');
      else if (!this.#client.destroyed) this.#dial(endpoint.address);
    }, 10);`,
  ],
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edit = Object.entries(edits).find(([file]) => url.endsWith(file))?.[1];
    if (edit === undefined) return loaded;
    const [before, after] = edit;
    const source = loaded.source.toString();
    if (!source.includes(before)) throw new Error(`${url}: expected ${before}`);
    return { ...loaded, source: source.replace(before, after) };
  },
});
