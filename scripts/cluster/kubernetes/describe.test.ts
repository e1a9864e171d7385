import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Kubectl } from '../../support/kubectl.ts';
import { describeLimits } from './describe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'describe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A kubectl that may read only these objects, as users of somebody else's cluster often may. */
function kubectlThatReads(objects: { [kind: string]: object }): Kubectl {
  const program = join(folder, 'kubectl');
  for (const [kind, object] of Object.entries(objects))
    writeFileSync(join(folder, kind), JSON.stringify(object));
  const script = `#!/bin/sh
while [ "$1" != get ]; do shift; done
[ -e "${folder}/$2" ] && exec cat "${folder}/$2"
echo forbidden >&2
exit 1`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return new Kubectl({ program, kubeconfig: undefined, context: 'theirs', namespace: 'mine' });
}

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
  const kubectl = kubectlThatReads(readable);
  const [proxy] = await describeLimits({ kubectl, nodes: undefined, nodeNames: ['node'] });
  expect(proxy).toBe(said);
});
