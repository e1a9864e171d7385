import { expect, test } from 'vitest';
import { readConntrackLine } from './conntrack-log.ts';

test('a connection through a Service: the pod is who answers', () => {
  const line =
    '[1763737686.123456]\t    [NEW] tcp      6 120 SYN_SENT src=10.244.0.20 dst=10.96.12.3 sport=40212 dport=8080 [UNREPLIED] src=10.244.0.7 dst=10.244.0.20 sport=8080 dport=40212';
  expect(readConntrackLine(line)).toEqual({ podIp: '10.244.0.7', epochMs: 1763737686123.456 });
});

test.each([
  [
    'straight to the pod, as the kubelet probes',
    '[1763737686.123456]\t    [NEW] tcp      6 120 SYN_SENT src=10.244.0.1 dst=10.244.0.7 sport=40212 dport=8080 [UNREPLIED] src=10.244.0.7 dst=10.244.0.1 sport=8080 dport=40212',
  ],
  ['no connection', 'conntrack v1.4.7 (conntrack-tools): 12 flow events have been shown.'],
  ['empty', ''],
])('%s', (_name, line) => {
  expect(readConntrackLine(line)).toBeUndefined();
});
