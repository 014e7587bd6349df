import { afterEach, describe, expect, it } from 'vitest';
import { type FakeClamd, startFakeClamd } from '../../../test/fakes/clamd.ts';
import { createExaminer, examinedOf } from './clamd-examiner.ts';
import { ClamdPool } from './clamd-pool.ts';
import { readClamdVersion } from './index.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(...args: Parameters<typeof startFakeClamd>): Promise<FakeClamd> {
  const clamd = await startFakeClamd(...args);
  ends.push(() => clamd.stop());
  return clamd;
}
function poolOf(address: string, scan = 5000): ClamdPool {
  const pool = new ClamdPool(address, { greeting: 2000, scan });
  ends.push(() => pool.close());
  return pool;
}
const verdict = (bytes: Buffer) => (bytes.includes('EVIL') ? 'stream: Unix.Evil-1 FOUND' : 'stream: OK');
const kindOf = (answer: Awaited<ReturnType<ClamdPool['scan']>>) =>
  'reply' in answer ? answer.reply.kind : answer.unexamined.replace(/unix:\S+/, 'ADDRESS');

describe('files shown to clamd', () => {
  it('get each its own answer, over few connections', async () => {
    const clamd = await start(verdict);
    const pool = poolOf(clamd.address);
    const files = Array.from({ length: 200 }, (_, at) => Buffer.from(at % 7 === 0 ? `EVIL ${at}` : `good ${at}`));
    const answers = await Promise.all(files.map((file) => pool.scan(file)));
    expect(answers.map(kindOf)).toEqual(files.map((file) => (file.includes('EVIL') ? 'found' : 'clean')));
    expect(clamd.connections()).toBe(3);
  });

  it('arrive whole, however large', async () => {
    const sizes: number[] = [];
    const clamd = await start((bytes) => {
      sizes.push(bytes.length);
      return verdict(bytes);
    });
    const large = Buffer.alloc(5_000_001, 'x');
    large.write('EVIL', 4_999_990);
    expect(kindOf(await poolOf(clamd.address).scan(large))).toBe('found');
    expect(sizes).toEqual([5_000_001]);
  });

  it('are shown again where the connection breaks, once', async () => {
    let breaks = 1;
    const clamd = await start((bytes, socket) => {
      if (breaks-- <= 0) return verdict(bytes);
      socket.destroy();
      return undefined;
    });
    const pool = poolOf(clamd.address);
    expect(kindOf(await pool.scan(Buffer.from('a')))).toBe('clean');
    breaks = 2;
    expect(kindOf(await pool.scan(Buffer.from('a')))).toBe('clamd at ADDRESS breaks off over it');
    expect(kindOf(await pool.scan(Buffer.from('a')))).toBe('clean');
  });

  it.each([
    ['says what it was not asked', (socket: import('node:net').Socket) => socket.write('77: stream: OK\0')],
    ['talks without end', (socket: import('node:net').Socket) => socket.write('x'.repeat(10_000))],
    ['says nothing', () => true],
  ])('are not clean where clamd %s', async (_what, misbehave) => {
    const clamd = await start((_bytes, socket) => {
      misbehave(socket);
      return undefined;
    });
    const answer = await poolOf(clamd.address, 100).scan(Buffer.from('a'));
    expect(kindOf(answer)).toBe('clamd at ADDRESS breaks off over it');
  });

  it('are not shown any more once clamd has gone', async () => {
    const clamd = await startFakeClamd(verdict);
    const pool = poolOf(clamd.address);
    expect(kindOf(await pool.scan(Buffer.from('a')))).toBe('clean');
    await clamd.stop();
    const answers = await Promise.all(Array.from({ length: 500 }, () => pool.scan(Buffer.from('a'))));
    expect(new Set(answers.map(kindOf))).toEqual(new Set(['clamd does not answer at ADDRESS (ENOENT)']));
  });

  it('are no longer waited for when the reading ends', async () => {
    const clamd = await start(() => undefined);
    const pool = poolOf(clamd.address);
    const answers = Promise.all(Array.from({ length: 10 }, () => pool.scan(Buffer.from('a'))));
    while (clamd.connections() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    pool.close();
    expect(new Set((await answers).map(kindOf))).toEqual(new Set(['the reading was stopped']));
  });

  it('are not sent where one as large was refused', async () => {
    let sent = 0;
    const clamd = await start((bytes) => {
      sent++;
      return bytes.length >= 100 ? 'INSTREAM size limit exceeded. ERROR' : 'stream: OK';
    });
    const pool = poolOf(clamd.address);
    const refused = 'clamd does not take the whole of it (StreamMaxLength)';
    expect(kindOf(await pool.scan(Buffer.alloc(100)))).toBe(refused);
    expect(kindOf(await pool.scan(Buffer.alloc(200)))).toBe(refused);
    expect(kindOf(await pool.scan(Buffer.alloc(99)))).toBe('clean');
    expect(sent).toBe(2);
  });

  it('are refused where clamd breaks off while they are sent, and those after them are sent', async () => {
    const clamd = await start(verdict, undefined, 2 ** 20);
    const pool = poolOf(clamd.address);
    expect(kindOf(await pool.scan(Buffer.alloc(8 * 2 ** 20)))).toBe(
      'clamd does not take the whole of it (StreamMaxLength)',
    );
    expect(kindOf(await pool.scan(Buffer.from('EVIL')))).toBe('found');
  });
});

describe('the examiner', () => {
  it('says once who looked, and leaves large files and prose alone', async () => {
    const clamd = await start(verdict);
    const examiner = createExaminer({ address: clamd.address });
    ends.push(() => examiner.close?.());
    const file = { path: '/a.tar.gz', size: 4, mode: 0o644 };
    const scratch = Buffer.from('EVIL');
    const answer = examiner.examine(file, scratch);
    scratch.fill('x');
    expect(await answer).toEqual([
      {
        kind: 'observation',
        rule: 'inspect/malware/clamd',
        severity: 'critical',
        confidence: 'likely',
        detail: 'is Unix.Evil-1',
      },
      { kind: 'scanned', by: 'ClamAV 1.4.3/27400/Mon' },
    ]);
    expect(await examiner.examine(file, scratch)).toEqual([]);
    expect(examiner.wants({ ...file, path: '/usr/share/doc/a' })).toBe(0);
    expect(examiner.wants({ ...file, size: 2 ** 40 })).toBe(1);
    expect(examiner.examine({ ...file, size: 2 ** 40 }, scratch)).toEqual({ unexamined: 'it has more than 25 MB' });
  });

  it.each([
    ['PUA.Unix.Coinminer-1', 'medium', 'likely'],
    ['Heuristics.Encrypted.Zip', 'medium', 'guess'],
    ['Win.Test.EICAR_HDB-1', 'low', 'likely'],
    ['Eicar-Test-Signature', 'low', 'likely'],
    ['Unix.Trojan.Eicarus-1.UNOFFICIAL', 'critical', 'likely'],
  ])('weighs %s as %s', (signature, severity, confidence) => {
    const examined = examinedOf({ reply: { kind: 'found', signature }, version: '' });
    expect(examined).toMatchObject([{ severity, confidence, detail: `is ${signature}` }]);
  });

  it('takes a file that clamd did not look at whole for not examined', () => {
    for (const reply of [
      { kind: 'found', signature: 'Heuristics.Limits.Exceeded.MaxFileSize' },
      { kind: 'failed', reason: 'x' },
      { kind: 'text', text: 'stream: OKAY' },
    ] as const)
      expect(examinedOf({ reply, version: '' })).toHaveProperty('unexamined');
  });
});

describe('the version', () => {
  it('is what clamd tells', async () => {
    const { address } = await start(verdict);
    expect(await readClamdVersion(address)).toBe('ClamAV 1.4.3/27400/Mon');
    const silent = await start(verdict, 'COMMAND UNAVAILABLE');
    expect(await readClamdVersion(silent.address)).toContain('does not tell');
  });

  it('is refused from what is not clamd', async () => {
    const { address } = await start(verdict, '220 mail.example ESMTP');
    await expect(readClamdVersion(address)).rejects.toMatchObject({ code: 'bad-clamd-reply' });
    await expect(readClamdVersion('unix:/nonexistent')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
