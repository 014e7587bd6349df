import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/portwarden', import.meta.url));

/** `portwarden up` as its user starts it, in a process of its own. */
export interface RunningPortwarden {
  readonly address: string;
  readonly loginToken: string;
  /** GET with a session that the login token opened. */
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Asks again until the answer will do; fails with the last answer. */
  until<Answer>(path: string, good: (answer: Answer) => boolean): Promise<Answer>;
  stderr(): string;
  /** As by Ctrl-C; gives the exit code. */
  interrupt(): Promise<number | null>;
  kill(): Promise<void>;
}

export async function startPortwarden(
  environment: Readonly<Record<string, string>>,
  through?: readonly string[],
): Promise<RunningPortwarden> {
  const { child, said } = spawnPortwarden(['up', '--port', '0'], environment, through);
  return readyPortwarden(child, said);
}

/** One that starts while its store is away. */
export interface WaitingPortwarden extends Pick<RunningPortwarden, 'address' | 'stderr' | 'interrupt' | 'kill'> {
  stdout(): string;
  /** Resolves when it has found its store, and where its port is reached. */
  withStore(): Promise<RunningPortwarden>;
}

export async function startWithoutStore(
  environment: Readonly<Record<string, string>>,
  through?: readonly string[],
): Promise<WaitingPortwarden> {
  const { child, said } = spawnPortwarden(['up', '--port', '0'], environment, through);
  const [, address = ''] = await waitFor(/runs without its store: (\S+)/, child, said);
  return {
    address,
    stdout: () => said.stdout,
    withStore: () => readyPortwarden(child, said),
    ...processOf(child, said),
  };
}

async function readyPortwarden(
  child: ChildProcess,
  said: { readonly stdout: string; readonly stderr: string },
): Promise<RunningPortwarden> {
  const [, address] = await waitFor(/is ready: (\S+)/, child, said);
  const [, loginToken] = await waitFor(/one-time token: (\S+)/, child, said);
  if (!address || !loginToken) throw new Error(`it did not say where it is:\n${said.stdout}`);
  const cookie = await login(address, loginToken);

  async function get(path: string) {
    const response = await fetch(`${address}${path}`, { headers: { cookie } });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  return {
    address,
    loginToken,
    get,
    async until<Answer>(path: string, good: (answer: Answer) => boolean) {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const { body } = await get(path);
        if (good(body as Answer)) return body as Answer;
        if (Date.now() > deadline) throw new Error(`${path} still answers ${JSON.stringify(body)}\n${said.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    ...processOf(child, said),
  };
}

/** `portwarden up` where only its own commands reach it: in a network of its own, say. */
export async function startPortwardenThrough(
  through: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Pick<RunningPortwarden, 'stderr' | 'interrupt' | 'kill'>> {
  const { child, said } = spawnPortwarden(['up'], environment, through);
  await waitFor(/is ready: (\S+)/, child, said);
  return processOf(child, said);
}

function processOf(child: ChildProcess, said: { readonly stderr: string }) {
  return {
    stderr: () => said.stderr,
    interrupt: () => end(child, 'SIGINT'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

/** One command to its end; `through`: what runs the program, where it is not this very Node. */
export async function runPortwarden(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  through?: readonly string[],
) {
  const { child, said } = spawnPortwarden(args, environment, through);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

function spawnPortwarden(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  [command = process.execPath, ...first]: readonly string[] = [],
) {
  const child = spawn(command, [...first, program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  return { child, said };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, 'close');
  child.kill(signal);
  const [code] = (await closed) as [number | null];
  return code;
}

async function waitFor(
  pattern: RegExp,
  child: ChildProcess,
  said: { readonly stdout: string; readonly stderr: string },
): Promise<RegExpExecArray> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const match = pattern.exec(said.stdout);
    if (match) return match;
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`portwarden up did not get ready (exit ${child.exitCode}):\n${said.stdout}${said.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function login(address: string, token: string): Promise<string> {
  const response = await fetch(`${address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify({ token }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (!response.ok || !cookie) throw new Error(`the login answered ${response.status}: ${await response.text()}`);
  return cookie;
}
