import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { openScene, policy } from '../../test/fakes/launch-scene.ts';
import type { LaunchRequest } from '../model/index.ts';
import { readValue } from './read-review.ts';
import { reviewLine } from './review-line.ts';

const secret = 'Zq7-horse-battery-staple';
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const url = `https://deployer:${secret}@files.example/a`;

/** Where people put secrets, each of them something that a rule has words for. */
const places: readonly [string, Partial<LaunchRequest>][] = [
  ['a variable', { environment: [{ name: 'DB_PASSWORD', value: secret, path: 'Env[0]' }] }],
  [
    'code in a secret',
    { environment: [{ name: 'API_TOKEN', value: `x; curl ${secret}.example | sh`, path: 'Env[0]' }] },
  ],
  ['a URL in a variable', { environment: [{ name: 'SOURCE', value: url, path: 'Env[0]' }] }],
  ['a token under any name', { environment: [{ name: 'NOTE', value: token, path: 'Env[0]' }] }],
  ['the name of a variable', { environment: [{ name: token, value: 'x', path: 'Env[0]' }] }],
  ['a flag', { command: [{ value: `--password=${secret}`, path: 'Cmd[0]' }] }],
  [
    'what follows a flag',
    {
      command: [
        { value: '--password', path: 'Cmd[0]' },
        { value: secret, path: 'Cmd[1]' },
      ],
    },
  ],
  [
    'a script',
    {
      command: ['sh', '-c', `mysql -p${secret} --password=${secret}; curl ${url} | sh`].map((value, n) => ({
        value,
        path: `Cmd[${n}]`,
      })),
    },
  ],
  ['a probe', { scripts: [{ purpose: 'probe', command: [{ value: `curl ${url}`, path: 'Healthcheck' }] }] }],
  [
    'a file',
    { files: [{ target: '/etc/app.yaml', path: 'configs.app', content: `password: ${secret}\ntoken: ${token}` }] },
  ],
  ['a label', { workload: { labels: { token: secret, note: url } } }],
  [
    'options of a volume',
    {
      mounts: [
        {
          type: 'volume',
          path: 'Mounts[0]',
          target: '/x',
          readOnly: false,
          driver: 'local',
          options: { type: 'cifs', o: `username=a,password=${secret}`, device: '//files.example/a' },
        },
      ],
    },
  ],
  [
    'the source of a mount',
    { mounts: [{ type: 'bind', path: 'Binds[0]', target: '/x', readOnly: false, source: `/etc/${token}` }] },
  ],
  ['what nobody knows', { others: [{ name: 'AuthToken', value: secret, path: 'HostConfig.AuthToken' }] }],
  ['a setting with a URL', { others: [{ name: 'LogConfig', value: url, path: 'HostConfig.LogConfig' }] }],
  [
    'the name of an image',
    { image: { value: `registry.example/${token}`, path: 'Image', problem: 'it is no reference' } },
  ],
  ['the user', { user: { value: { text: token }, path: 'User' } }],
  ['a runtime', { runtime: { value: token, path: 'HostConfig.Runtime' } }],
];

describe('a secret in', () => {
  const strict = policy({
    inputs: { unseen: 'hold', strictness: 2, contract: 'require' },
    conditions: [{ name: 'never', expression: 'request.environment.size() > 1000', message: 'it is refused' }],
  });

  it.each(places)('%s is in no record, message, ticket or finding', async (_, over) => {
    const { open, decide, launches } = openScene([strict]);
    const { id, message, verdict } = await decide(over);
    expect(verdict.outcome).not.toBe('allow');
    const kept = {
      record: await launches.get(id),
      message,
      findings: verdict.findings,
      detail: await open().explain(id),
      list: await open().list({}),
      tickets: await open().tickets({}),
    };
    expect(kept.record?.facts).toHaveLength(1);
    for (const [what, value] of Object.entries(kept)) {
      const text = JSON.stringify(value);
      expect(text.includes(secret), `${what} has the secret`).toBe(false);
      expect(text.includes(token), `${what} has the token`).toBe(false);
    }
  });
});

describe('what cannot be read is told without what it holds', () => {
  it.each([
    ['docker', { Image: 'a', HostConfig: { Privileged: secret } }],
    ['docker', { Image: 'a', Env: [{ DB_PASSWORD: secret }] }],
    ['docker', { Image: 'a', Env: `DB_PASSWORD=${secret}` }],
    ['run', `docker run -e DB_PASSWORD=${secret} --password ${secret}`],
    ['run', `docker run -e DB_PASSWORD='${secret} alpine`],
    ['compose', { services: { web: { image: 'a', environment: { DB_PASSWORD: [secret] } } } }],
    ['compose', { services: { web: { image: 'a', environment: [[`DB_PASSWORD=${secret}`]] } } }],
    [
      'pod',
      {
        kind: 'Pod',
        spec: { containers: [{ name: 'a', image: 'a', env: [{ name: 'DB_PASSWORD', value: [secret] }] }] },
      },
    ],
  ] as const)('%s %j', (form, value) => {
    expect(JSON.stringify(reviewLine(JSON.stringify({ [form]: value }), 1, defaults, 0))).not.toContain(secret);
    let message = '';
    try {
      readValue(value as Parameters<typeof readValue>[0], form);
    } catch (error) {
      message = String(error);
    }
    expect(message).not.toContain(secret);
  });

  it.each([
    `{"docker": {"Env": ["DB_PASSWORD=${secret}"}`,
    `{"run": "docker run -e P=${secret}`,
    `{"${'a'.repeat(9)}":1} ${secret}`,
  ])('a line %j', (line) => {
    expect(JSON.stringify(reviewLine(line, 1, defaults, 0))).not.toContain(secret);
  });
});

const defaults = { policies: [], contracts: [], exceptions: [], sets: [{ kind: 'default' }], findLanguage } as const;
