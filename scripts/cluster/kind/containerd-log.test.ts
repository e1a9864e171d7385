import { expect, test } from 'vitest';
import { readContainerdLine } from './containerd-log.ts';

const container = '43f6d2b1c0e94b2a8b1f5d0c7e6a5948372615041322314051627384950a1b2c';
const time = '2026-11-21T16:04:05.123456789Z';
const line = (message: string) =>
  `time="${time}" level=info msg="${message.replaceAll('"', String.raw`\"`)}"`;
const epochMs = Date.parse('2026-11-21T16:04:05Z') + 123.456789;

test.each([
  ['the kubelet asks', `StopContainer for "${container}" with timeout 13 (s)`, 'stop'],
  ['SIGTERM', `Stop container "${container}" with signal terminated`, 'signal'],
  ['another stop signal', `Stop container "${container}" with signal user defined signal 1`, 'signal'],
  ['SIGKILL', `Kill container "${container}"`, 'kill'],
])('%s', (_name, message, act) => {
  expect(readContainerdLine(line(message))).toEqual({
    container,
    act,
    epochMs: expect.closeTo(epochMs, 3) as number,
  });
});

const exited = 'exited_at:{seconds:1795276800  nanos:250000000}';

test.each([
  [
    'with a code',
    `received container exit event container_id:"${container}"  id:"${container}"  pid:4711  exit_status:143  ${exited}`,
    143,
  ],
  [
    'with code 0, which is left out',
    `received container exit event container_id:"${container}"  id:"${container}"  pid:4711  ${exited}`,
    0,
  ],
  [
    'by an earlier containerd',
    `received exit event container_id:"${container}" id:"${container}" pid:4711 exit_status:137 ${exited.replace('  ', ' ')}`,
    137,
  ],
])('an exit %s', (_name, message, exitCode) => {
  expect(readContainerdLine(line(message))).toEqual({
    container,
    act: 'exit',
    epochMs: 1795276800250,
    exitCode,
  });
});

test.each([
  [
    'the exit of a probe in a container',
    `TaskExit event container_id:"${container}" id:"probe" pid:4711 ${exited}`,
  ],
  ['an answer', `StopContainer for "${container}" returns successfully`],
  ['anything else', 'RunPodSandbox for &PodSandboxMetadata{Name:hello,}'],
])('%s is not taken', (_name, message) => {
  expect(readContainerdLine(line(message))).toBeUndefined();
});

test.each(['', 'Started containerd.service', '-- Boot 12 --'])('%j is no line of containerd', (text) => {
  expect(readContainerdLine(text)).toBeUndefined();
});
