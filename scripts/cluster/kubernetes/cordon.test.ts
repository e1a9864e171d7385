import { expect, test } from 'vitest';
import { Kubectl } from '../../support/kubectl.ts';
import { apiAt, type Api } from './api.ts';
import { nodesForPods, releaseCordons } from './cordon.ts';
import { thisOwner } from './owner.ts';
import { list, stubApi, type StubApi } from './testing/stub-api.ts';

function nodesAre(...nodes: object[]): Promise<StubApi> {
  return stubApi((_request, response) => void response.end(list(1, ...nodes)));
}

function node(name: string, { spec = {}, ready = 'True' }: { spec?: object; ready?: string }): object {
  return { metadata: { name }, spec, status: { conditions: [{ type: 'Ready', status: ready }] } };
}

test('pods can be put on nodes that are ready, not cordoned and not tainted', async () => {
  await using stub = await nodesAre(
    node('plain', {}),
    node('cordoned', { spec: { unschedulable: true } }),
    node('tainted', { spec: { taints: [{ effect: 'NoSchedule' }] } }),
    node('preferred by few', { spec: { taints: [{ effect: 'PreferNoSchedule' }] } }),
    node('lost', { ready: 'Unknown' }),
  );
  await using api = apiAt(stub.socket);
  expect(await nodesForPods(api)).toEqual(['plain', 'preferred by few']);
});

test('who may not list nodes has no cordons to release', async () => {
  await using stub = await stubApi((_request, response) => {
    response.writeHead(403).end('{"message":"nodes is forbidden"}');
  });
  await using api: Api = apiAt(stub.socket);
  const target = { program: '/nowhere/kubectl', kubeconfig: undefined, context: 'theirs', namespace: 'mine' };
  const told: string[] = [];
  const here = await thisOwner('');
  await releaseCordons({ api, kubectl: new Kubectl(target) }, here, (text) => told.push(text));
  expect(told).toEqual([]);
  expect(await nodesForPods(api)).toBeUndefined();
});
