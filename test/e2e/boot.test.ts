import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const older = findOlderNode();
const madeNodes = mkdtempSync(join(tmpdir(), 'portwarden-nodes-'));
afterAll(() => rmSync(madeNodes, { recursive: true, force: true }));
const plain = nodeWithoutTypeScript();
const nodes: readonly (readonly [string, string])[] = [
  ['Node 24', process.execPath],
  ['a Node 24 that reads no TypeScript', plain],
  ...(older ? [['an older Node', older] as const] : []),
];

/** As Debian builds it: it says so of itself, and the Node that it hands over to does not. */
function nodeWithoutTypeScript(): string {
  const [lie, node] = [join(madeNodes, 'lie.cjs'), join(madeNodes, 'node')];
  writeFileSync(
    lie,
    `if (process.env.PORTWARDEN_BOOT_PARENT === undefined)
       Object.defineProperty(process.features, 'typescript', { value: false });`,
  );
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --require '${lie}' "$@"\n`, { mode: 0o755 });
  return node;
}

/** In place of the program: says who it is and what it was told, and does what it is asked. */
const program = `
  const [verb, detail] = process.argv.slice(2);
  console.log(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2), pid: process.pid,
    children: (process.env.PATH ?? '').split(':')[0], parent: process.env.PORTWARDEN_BOOT_PARENT }));
  if (verb === 'exit') process.exit(Number(detail));
  if (verb === 'die') process.kill(process.pid, detail);
  if (verb === 'wait') {
    process.on('SIGTERM', () => { console.log('asked to end'); process.exit(7); });
    setInterval(() => {}, 1000);
  }
`;

/** In place of npm: counts its runs, and makes what \`npm ci\` leaves. */
const npm = `#!/bin/sh
echo "npm $*" >> "$PORTWARDEN_TEST_NPM_LOG"
sleep 0.5
mkdir -p node_modules
ln -sfn "$PORTWARDEN_TEST_MODULES"/node-* node_modules/
cp package-lock.json node_modules/.package-lock.json
`;

let folder: string;
let bin: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portwarden-boot-'));
  for (const name of ['bin', 'package.json', 'package-lock.json'])
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/main.ts'), program);
  mkdirSync(join(folder, 'tools'));
  bin = join(folder, 'bin/portwarden');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(nodes)('started by %s', (_, node) => {
  beforeEach(() => symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules')));

  it('goes on under Node 24 with the arguments as they were', () => {
    const ran = spawnSync(node, [bin, 'scan', '--', 'two words', ''], { encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    const said = JSON.parse(ran.stdout);
    expect(Number.parseInt(said.node, 10)).toBeGreaterThanOrEqual(24);
    expect(said.args).toEqual(['scan', '--', 'two words', '']);
    // Not for the children of the program: they have another parent.
    expect(said.parent).toBeUndefined();
    if (node === older || node === plain) expect(said.children).toMatch(/node-linux-\w+\/bin$/);
  });

  it('ends with its status', () => {
    expect(spawnSync(node, [bin, 'exit', '0']).status).toBe(0);
    expect(spawnSync(node, [bin, 'exit', '3']).status).toBe(3);
  });

  it('ends by its signal', () => {
    expect(spawnSync(node, [bin, 'die', 'SIGKILL']).signal).toBe('SIGKILL');
    expect(spawnSync(node, [bin, 'die', 'SIGHUP']).signal).toBe('SIGHUP');
  });

  it('passes a signal on, and waits for what comes of it', async () => {
    const child = spawn(node, [bin, 'wait']);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    await once(child.stdout, 'data');
    await sleep(50);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    expect(said).toContain('asked to end');
    expect(code).toBe(7);
  });

  it('leaves no program behind when it is killed', async () => {
    const child = spawn(node, [bin, 'wait']);
    const [first] = await once(child.stdout.setEncoding('utf8'), 'data');
    const { pid } = JSON.parse(first);
    child.kill('SIGKILL');
    for (let attempt = 0; isAlive(pid) && attempt < 100; attempt++) await sleep(50);
    expect(isAlive(pid)).toBe(false);
  });

  it('runs a script of the checkout', () => {
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(
      join(folder, 'scripts/say.ts'),
      'const text: string = process.argv.slice(2).join();\nconsole.log(text);\n',
    );
    const ran = spawnSync(node, [join(folder, 'bin/run.js'), 'scripts/say.ts', 'a', 'b'], { encoding: 'utf8' });
    expect(ran.stdout).toBe('a,b\n');
  });

  it('runs what a package holds, which has no sources and no lock file', () => {
    rmSync(join(folder, 'src'), { recursive: true });
    rmSync(join(folder, 'package-lock.json'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/main.js'), "console.log('from dist', process.argv[2]);\n");
    expect(spawnSync(node, [bin, 'images'], { encoding: 'utf8' }).stdout).toBe('from dist images\n');
  });
});

describe('without its packages', () => {
  const start = (env: Record<string, string> = {}) => {
    const path = [join(folder, 'tools'), '/usr/bin', '/bin'].join(delimiter);
    const child = spawn(older ?? process.execPath, [bin, 'images'], {
      env: {
        ...process.env,
        PATH: path,
        PORTWARDEN_TEST_NPM_LOG: join(folder, 'npm.log'),
        PORTWARDEN_TEST_MODULES: join(checkout, 'node_modules'),
        ...env,
      },
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (said.err += text));
    return once(child, 'close').then(([code]) => ({ code: code as number, ...said }));
  };
  const runsOfNpm = (): number => readFileSync(join(folder, 'npm.log'), 'utf8').trim().split('\n').length;
  const putTool = (name: string, script: string): void => {
    writeFileSync(join(folder, 'tools', name), script);
    chmodSync(join(folder, 'tools', name), 0o755);
  };

  it('installs them once for two that start together, and not again', async () => {
    putTool('npm', npm);
    const ended = await Promise.all([start(), start()]);
    for (const { code, out } of ended) {
      expect(code).toBe(0);
      expect(JSON.parse(out).args).toEqual(['images']);
    }
    expect(ended.map(({ err }) => err).join('')).toMatch(/^portwarden: installing its packages into .*\.$/m);
    expect(runsOfNpm()).toBe(1);
    expect((await start()).err).toBe('');
    expect(runsOfNpm()).toBe(1);
    expect(existsSync(join(folder, '.cache/install.lock'))).toBe(false);
  });

  it('installs again when the lock file asks for another version', async () => {
    putTool('npm', npm);
    await start();
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    lock.packages['node_modules/undici'].version = '99.0.0';
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    expect((await start()).code).toBe(0);
    expect(runsOfNpm()).toBe(2);
  });

  it('is not held up by the lock of one who was killed', async () => {
    putTool('npm', npm);
    mkdirSync(join(folder, '.cache'));
    writeFileSync(join(folder, '.cache/install.lock'), `${2 ** 22 + 1}`);
    expect((await start()).code).toBe(0);
  });

  it('says in one sentence that npm is missing', async () => {
    const { code, out, err } = await start({ PATH: join(folder, 'tools') });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err.split('\n').at(-2)).toMatch(/^portwarden: npm was not found on PATH; /);
  });

  it('says in one sentence that the registry cannot be reached', async () => {
    putTool('npm', '#!/bin/sh\necho "npm error code ECONNREFUSED" >&2\nexit 1\n');
    const { code, err } = await start();
    expect(code).toBe(3);
    expect(err.split('\n').at(-2)).toMatch(/^portwarden: .*the npm registry cannot be reached; see to the network/);
  });

  it('says that npm failed, where it says why itself', async () => {
    putTool('npm', '#!/bin/sh\necho "npm error disk full" >&2\nexit 28\n');
    const { code, err } = await start();
    expect(code).toBe(3);
    expect(err).toMatch(/npm error disk full\nportwarden: .*npm ci ended with status 28, for the reason above\.\n$/);
  });

  it('says that the directory cannot be written', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can start it as somebody else');
    putTool('npm', npm);
    chmodSync(folder, 0o755);
    // Our own may lie where nobody else may look.
    const node = older ?? join(folder, 'node');
    if (!older) copyFileSync(process.execPath, node);
    const ran = spawnSync(node, [bin, 'images'], { uid: 65534, gid: 65534, encoding: 'utf8' });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(
      /^portwarden: its packages are not installed, and .* cannot be written; run npm ci there as its owner\.\n$/,
    );
  });
});

describe('with packages but not its own Node', () => {
  it('says in one sentence what to do', (context) => {
    if (older === undefined) return context.skip('there is no Node before 24 on this machine');
    mkdirSync(join(folder, 'node_modules'));
    cpSync(join(folder, 'package-lock.json'), join(folder, 'node_modules/.package-lock.json'));
    const ran = spawnSync(older, [bin, 'images'], { encoding: 'utf8' });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(/^portwarden: This is Node [\d.]+, Portwarden needs 24 or later, .*\n$/);
  });
});

function findOlderNode(): string | undefined {
  const own = dirname(process.execPath);
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== own);
  return directories
    .map((directory) => join(directory, 'node'))
    .find((node) => {
      const ran = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
      return ran.status === 0 && Number.parseInt(ran.stdout, 10) < 24;
    });
}

function isAlive(pid: number): boolean {
  try {
    // A zombie answers to a signal; its state does not.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
