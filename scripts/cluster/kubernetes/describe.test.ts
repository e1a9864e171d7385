import { expect, test } from 'vitest';
import { apiAt } from './api.ts';
import { describeLimits } from './describe.ts';
import { stubApi } from './testing/stub-api.ts';

const configmap = { data: { 'config.conf': 'mode: nftables' } };
const slowConfigmap = { data: { 'config.conf': 'mode: ""\niptables: { minSyncPeriod: 1s }' } };
const daemonset = (resources: object) => ({ spec: { template: { spec: { containers: [{ resources }] } } } });

test.each([
  {
    name: 'mode, pause and share',
    readable: { configmap: slowConfigmap, daemonset: daemonset({ requests: { cpu: '100m' } }) },
    said: 'Connections reach pods through kube-proxy in mode iptables, which follows a change at most once in 1s; it reserves 100m of a processor.',
  },
  {
    name: 'no request',
    readable: { configmap, daemonset: daemonset({}) },
    said: 'Connections reach pods through kube-proxy in mode nftables; it reserves no processor time.',
  },
  {
    name: 'a DaemonSet that may not be read, or has another name: the mode is told',
    readable: { configmap },
    said: 'Connections reach pods through kube-proxy in mode nftables.',
  },
  {
    name: 'nothing to read',
    readable: {},
    said: 'What sends connections to pods is not known: there is no kube-proxy whose settings can be read.',
  },
])('the proxy: $name', async ({ readable, said }) => {
  await using stub = await stubApi(({ pathname }, response) => {
    const kind = pathname.split('/').at(-2)?.slice(0, -1) ?? '';
    const object = new Map<string, object>(Object.entries(readable)).get(kind);
    response.writeHead(object ? 200 : 403).end(JSON.stringify(object ?? { message: 'forbidden' }));
  });
  await using api = apiAt(stub.socket);
  const [proxy] = await describeLimits({ api, nodes: undefined, nodeNames: ['node'] });
  expect(proxy).toBe(said);
});
