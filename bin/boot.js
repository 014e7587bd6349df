'use strict';

/**
 * Starts Portwarden on any machine with Node 18 or later: installs the packages where they are missing, and goes on
 * under the Node 24 that the lock file brings where the running one is older or reads no TypeScript. Plain JavaScript without packages, because
 * it runs before there are any; small, because every command pays for it.
 */
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const wantedNode = 24;
const parentVariable = 'PORTWARDEN_BOOT_PARENT';
const isCheckout = fs.existsSync(path.join(root, 'src', 'main.ts'));

/**
 * Runs `entry` (by default Portwarden itself) with `args`; `self` is the file that Node was started with.
 * Ends the process with one sentence where it cannot.
 */
async function boot(self, args, entry) {
  try {
    if (isCheckout && !packagesCurrent()) await install();
    if (!isWanted()) return await handOver(self, args);
    followParent();
    require('node:module').enableCompileCache?.(path.join(root, 'node_modules', '.cache', 'portwarden'));
    if (isCheckout && !entry && args[0] === 'up') {
      const { ensureConsole } = await import('../scripts/build-console.ts');
      await ensureConsole();
    }
    const main = entry ?? path.join(root, isCheckout ? 'src/main.ts' : 'dist/main.js');
    process.argv = [process.argv[0], main, ...(entry ? args.slice(1) : args)];
    await import(require('node:url').pathToFileURL(main));
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    process.stderr.write(`portwarden: ${error.message}\n`);
    process.exitCode = 3;
  }
}

/** Of the right version, and one that reads a checkout's TypeScript: Debian builds its Node 24 without that. */
function isWanted() {
  if (Number.parseInt(process.versions.node, 10) < wantedNode) return false;
  // Who was handed over to has to do, or two would hand over to each other for ever.
  return !isCheckout || Boolean(process.features.typescript) || process.env[parentVariable] !== undefined;
}

class BootError extends Error {}

/** The same command under Node 24, in our place as far as a process can be: its streams, its signals, its end. */
async function handOver(self, args) {
  const node = packagedNode();
  const { code, signal } = await run(node, [...process.execArgv, self, ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
      [parentVariable]: String(process.pid),
    },
  });
  if (signal) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
}

function packagedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  // A checkout has its own; as a package we may lie beside it.
  for (const modules of isCheckout ? [path.join(root, 'node_modules')] : module.paths) {
    const node = path.join(modules, name, 'bin', 'node');
    if (fs.existsSync(node)) return node;
  }
  const lacks = Number.parseInt(process.versions.node, 10) < wantedNode ? '' : ' without TypeScript';
  const have = `This is Node ${process.versions.node}${lacks}, Portwarden needs ${wantedNode} or later`;
  if (process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')) {
    throw new BootError(
      `${have}, and the package ${name} that brings it is not installed; run npm ci --include=optional.`,
    );
  }
  throw new BootError(`${have}, and brings its own for Linux on x64 and arm64 only; install Node ${wantedNode}.`);
}

/** A process that handed over and was killed cannot tell us: we end in order, as if we had been asked to. */
function followParent() {
  const parent = Number(process.env[parentVariable]);
  delete process.env[parentVariable];
  if (!parent) return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 100);
  watch.unref();
}

/**
 * Runs a command to its end, passing on the signals that we get. A terminal sends its own to the whole process group:
 * passing those on would count twice.
 */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = require('node:child_process').spawn(command, args, options);
    options.onStart?.(child);
    const ofTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGQUIT', 'SIGHUP'] : [];
    const handlers = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR2'].map((name) => {
      const handler = ofTerminal.includes(name) ? () => {} : () => child.kill(name);
      process.on(name, handler);
      return () => process.off(name, handler);
    });
    const settle = (end, value) => {
      for (const off of handlers) off();
      end(value);
    };
    child.on('error', (error) => settle(reject, error));
    child.on('close', (code, signal) => settle(resolve, { code, signal }));
  });
}

/** Whether what is installed is what the lock file says. The stamp is only so that this costs nothing the next time. */
function packagesCurrent() {
  const lockFile = path.join(root, 'package-lock.json');
  const stampFile = path.join(root, 'node_modules', '.portwarden-installed');
  const { mtimeMs, size } = fs.statSync(lockFile);
  const stamp = `${mtimeMs} ${size}`;
  if (readText(stampFile) === stamp) return true;
  const installed = readText(path.join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const have = JSON.parse(installed).packages;
  for (const [place, { version, optional }] of Object.entries(JSON.parse(readText(lockFile)).packages)) {
    if (place !== '' && !optional && have[place]?.version !== version) return false;
  }
  try {
    fs.writeFileSync(stampFile, stamp);
  } catch {
    // A checkout that is not ours to write works all the same, a millisecond slower.
  }
  return true;
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function install() {
  try {
    fs.accessSync(root, fs.constants.W_OK);
  } catch {
    throw new BootError(
      `its packages are not installed, and ${root} cannot be written; run npm ci there as its owner.`,
    );
  }
  await withLock('install', async () => {
    if (packagesCurrent()) return;
    process.stderr.write(
      `portwarden: installing its packages into ${path.join(root, 'node_modules')}, about a minute.\n`,
    );
    let said = '';
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    const options = {
      cwd: root,
      stdio: ['ignore', 2, 'pipe'],
      onStart: (child) => {
        child.stderr?.on('data', (bytes) => {
          said = (said + bytes).slice(-65536);
          process.stderr.write(bytes);
        });
      },
    };
    const { code, signal } = await run('npm', args, options).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
      throw new BootError('npm was not found on PATH; install it (Debian: apt-get install npm) and start again.');
    });
    if (code === 0) return;
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/.test(said)) {
      throw new BootError(
        'its packages could not be installed: the npm registry cannot be reached; see to the network or the proxy, and start again.',
      );
    }
    throw new BootError(
      `its packages could not be installed: npm ci ended with ${signal ?? `status ${code}`}, for the reason above.`,
    );
  });
}

/**
 * One at a time over all processes of this machine. The lock is a file that names its holder, so that one who was killed
 * holds nobody up.
 */
async function withLock(name, work) {
  const directory = path.join(root, '.cache');
  const file = path.join(directory, `${name}.lock`);
  const mine = `${process.pid}`;
  fs.mkdirSync(directory, { recursive: true });
  let waited = false;
  for (;;) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx' });
      // Two who found the same dead holder may both have come this far; one of them has lost the file again.
      if (waited) await pause(100);
      if (readText(file) === mine) break;
      continue;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = readText(file);
    if (holder !== undefined && holder !== '' && !isAlive(Number(holder))) fs.rmSync(file, { force: true });
    else if (!waited)
      process.stderr.write(`portwarden: waiting for process ${holder}, which does this already (${name}).\n`);
    waited = true;
    await pause(100);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

module.exports = { boot, withLock };
