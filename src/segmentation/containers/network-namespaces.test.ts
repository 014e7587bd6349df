import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SegmentationError } from '../segmentation-error.ts';
import {
  parseNamespaceNumbers,
  parseProcessStart,
  readNamespaceNumbers,
  readNamespaceOf,
} from './network-namespaces.ts';

const containerId = 'cd'.repeat(32);
const boot = 1_700_000_000;

describe('the namespace of a process', () => {
  let proc: string;
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'pw-proc-'));
    writeFileSync(join(proc, 'stat'), `cpu 1 2\nbtime ${boot}\nprocesses 5\n`);
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  /** A process that began `ticks` hundredths of a second after the boot. */
  function addProcess(pid: number, cgroup: string, ticks: number): number {
    mkdirSync(join(proc, `${pid}`, 'ns'), { recursive: true });
    writeFileSync(join(proc, `${pid}`, 'ns/net'), '');
    writeFileSync(join(proc, `${pid}`, 'cgroup'), cgroup);
    writeFileSync(join(proc, `${pid}`, 'stat'), `${pid} (a) S 1 (b)) S ${'0 '.repeat(18)}${ticks} 0 0\n`);
    return statSync(join(proc, `${pid}`, 'ns/net')).ino;
  }
  const started = boot * 1000 + 60_000;

  it('is read where its control group names the container, whenever it began', async () => {
    const inode = addProcess(7, `0::/docker/${containerId}\n`, 999_999);
    expect(await readNamespaceOf({ containerId, pid: 7, started }, proc)).toBe(inode);
  });

  it('is read where it began when the engine says', async () => {
    const inode = addProcess(7, '0::/\n', 5900);
    expect(await readNamespaceOf({ containerId, pid: 7, started }, proc)).toBe(inode);
  });

  it('is not that of a process that has the number by now', async () => {
    addProcess(7, `0::/docker/${'ef'.repeat(32)}\n`, 90_000);
    expect(await readNamespaceOf({ containerId, pid: 7, started }, proc)).toBeUndefined();
    expect(await readNamespaceOf({ containerId, pid: 7 }, proc)).toBeUndefined();
  });

  it('is not that of a process that was there long before', async () => {
    addProcess(7, '0::/\n', 1);
    expect(await readNamespaceOf({ containerId, pid: 7, started: started + 600_000 }, proc)).toBeUndefined();
  });

  it('is none where the process is gone, or the container has none', async () => {
    expect(await readNamespaceOf({ containerId, pid: 8, started }, proc)).toBeUndefined();
    expect(await readNamespaceOf({ containerId, pid: 0, started }, proc)).toBeUndefined();
  });

  it('is an error where it may not be looked at', async () => {
    writeFileSync(join(proc, '9'), '');
    await expect(readNamespaceOf({ containerId, pid: 9, started }, proc)).rejects.toThrow(SegmentationError);
  });
});

describe('numbers of namespaces', () => {
  it('are read in every form that lsns has, and left out where there is none', () => {
    const namespaces = [
      { ns: 4026531833, netnsid: 'unassigned' },
      { ns: 4026532255, netnsid: '0' },
      { ns: '4026532332', netnsid: 12 },
      { ns: 4026532333, netnsid: '-1' },
      { ns: null, netnsid: '3' },
    ];
    expect([...parseNamespaceNumbers(JSON.stringify({ namespaces }))]).toEqual([
      [4026532255, 0],
      [4026532332, 12],
    ]);
  });

  it('are none where there is no namespace', () => expect(parseNamespaceNumbers('\n').size).toBe(0));

  for (const text of ['[]', '{"namespaces":1}', 'lsns: unknown option']) {
    it(`are not read from ${text}`, () => expect(() => parseNamespaceNumbers(text)).toThrow(SegmentationError));
  }

  it('are asked of one process where it is one', async () => {
    const asked: (readonly string[])[] = [];
    const run = async (_: string, args: readonly string[]) => {
      asked.push(args);
      return '';
    };
    await readNamespaceNumbers(run, [7]);
    await readNamespaceNumbers(run);
    expect(asked.map((args) => args.includes('--task'))).toEqual([true, false]);
  });
});

describe('a look at all processes', () => {
  const failing = (message: string, times: number) => {
    const asked = { count: 0 };
    const run = async () => {
      if (asked.count++ < times) throw new SegmentationError('no-dataplane', message);
      return '{"namespaces":[{"ns":4026532255,"netnsid":"4"}]}';
    };
    return { asked, run };
  };

  it('is taken again where one of them ended meanwhile, but not for ever', async () => {
    const silent = 'lsns failed with status 1: it does not say why';
    expect((await readNamespaceNumbers(failing(silent, 2).run)).get(4026532255)).toBe(4);
    await expect(readNamespaceNumbers(failing(silent, 1000).run)).rejects.toThrow(SegmentationError);
  });

  it('is not where it says what it lacks', async () => {
    const { asked, run } = failing('lsns failed with status 1: unknown column', 1);
    await expect(readNamespaceNumbers(run)).rejects.toThrow(SegmentationError);
    expect(asked.count).toBe(1);
  });
});

describe('the start of a process', () => {
  it('is counted from the boot, whatever its name holds', () => {
    const stat = `7 (a) S 1 2 (b) S ${'0 '.repeat(18)}250 0`;
    expect(parseProcessStart(stat, 'btime 1700000000\n')).toBe(1_700_000_002_500);
  });
  it('is none where it is not said', () => {
    expect(parseProcessStart('7 (a) S 1', 'btime 1\n')).toBeUndefined();
    expect(parseProcessStart(`7 (a) S ${'0 '.repeat(18)}250 0`, 'cpu 1\n')).toBeUndefined();
  });
});
