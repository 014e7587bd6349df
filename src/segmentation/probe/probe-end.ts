/**
 * One end of probes: a program of its own that was started in the network namespace of a container. It listens, connects and
 * sends as it is told on standard input, and ends with it. It reads nothing of the container but what comes back to it, at
 * most one word.
 */
import { execFile } from 'node:child_process';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { readFileSync, statSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { type ProbeAnswer, type ProbeOrder, probeWord } from './probe-wire.ts';

type Listen = Extract<ProbeOrder, { do: 'listen' | 'close' }>;
type Try = Extract<ProbeOrder, { do: 'try' }>;
type Ping = Extract<ProbeOrder, { do: 'ping' }>;

const expectedNamespace = process.argv[2];
const listeners = new Map<string, Server | Datagrams>();
/** Whatever happens to who started it, it does not stay. */
const longestLife = 120_000;

function answer(said: ProbeAnswer): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

function keyOf({ protocol, address, port }: Pick<Listen, 'protocol' | 'address' | 'port'>): string {
  return `${protocol} ${address} ${port}`;
}

function isTaken(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

function refuse(id: number, error: Error): void {
  if (isTaken(error)) answer({ id, is: 'taken' });
  else answer({ id, is: 'failed', why: codeOf(error) });
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

function listen(order: Listen): void {
  const { id, protocol, address, port } = order;
  if (protocol === 'tcp') {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.setTimeout(5000, () => socket.destroy());
      socket.resume();
      socket.end(probeWord);
    });
    server.maxConnections = 64;
    server.once('error', (error) => refuse(id, error));
    server.listen({ host: address, port, exclusive: true, ipv6Only: address.includes(':') }, () => {
      listeners.set(keyOf(order), server);
      answer({ id, is: 'done' });
    });
    return;
  }
  const socket = createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  socket.once('error', (error) => refuse(id, error));
  socket.on('message', (message, from) => {
    // Nobody makes it answer what it was not asked, or more than it was sent.
    if (message.toString('latin1') === probeWord) socket.send(probeWord, from.port, from.address, () => undefined);
  });
  socket.bind({ address, port, exclusive: true }, () => {
    listeners.set(keyOf(order), socket);
    answer({ id, is: 'done' });
  });
}

function close(order: Listen): void {
  const listener = listeners.get(keyOf(order));
  listeners.delete(keyOf(order));
  listener?.close();
  answer({ id: order.id, is: 'done' });
}

function connect({ id, source, address, port, connectOnly, timeout }: Try): void {
  const socket = createConnection({ host: address, port, localAddress: source });
  let isOver = false;
  const end = (said: ProbeAnswer): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    socket.destroy();
    answer(said);
  };
  const timer = setTimeout(() => end({ id, is: 'stopped', why: 'timed out' }), timeout);
  socket.on('connect', () => {
    if (connectOnly) end({ id, is: 'passed' });
  });
  let heard = '';
  socket.on('data', (chunk) => {
    heard = (heard + chunk.toString('latin1')).slice(0, probeWord.length);
    if (heard === probeWord) end({ id, is: 'passed' });
  });
  socket.on('error', (error) => {
    const code = codeOf(error);
    if (code === 'EADDRNOTAVAIL' || code === 'EINVAL') end({ id, is: 'failed', why: code });
    else end({ id, is: 'stopped', why: code });
  });
  socket.on('close', () => end({ id, is: 'stopped', why: 'closed without a word' }));
}

function send({ id, source, address, port, timeout }: Try): void {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
  let isOver = false;
  const end = (said: ProbeAnswer): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    clearInterval(again);
    socket.close();
    answer(said);
  };
  const timer = setTimeout(() => end({ id, is: 'stopped', why: 'timed out' }), timeout);
  // One datagram may be lost while the kernel asks for the neighbor's address.
  const again = setInterval(write, Math.max(100, timeout / 3));
  function write(): void {
    if (!isOver) socket.send(probeWord, (error) => error && end({ id, is: 'stopped', why: codeOf(error) }));
  }
  socket.on('error', (error) => {
    const code = codeOf(error);
    end({ id, is: code === 'EADDRNOTAVAIL' ? 'failed' : 'stopped', why: code });
  });
  socket.on('message', (message) => {
    if (message.toString('latin1') === probeWord) end({ id, is: 'passed' });
  });
  socket.bind({ address: source, port: 0 }, () => socket.connect(port, address, write));
}

/** Node opens no raw socket: a program does that there may be one of. */
function ping(
  { id, source, address, timeout }: Ping,
  programs: readonly string[][] = [['ping'], ['busybox', 'ping']],
): void {
  const [program = [], ...others] = programs;
  const [command, ...first] = program;
  if (command === undefined) return answer({ id, is: 'failed', why: 'there is no program ping' });
  const seconds = `${Math.max(1, Math.ceil(timeout / 1000))}`;
  const args = [...first, '-q', '-c', '2', '-i', '0.2', '-W', seconds, '-I', source, address];
  execFile(command, args, { timeout: timeout + 3000, killSignal: 'SIGKILL' }, (error, stdout) => {
    if (error?.code === 'ENOENT') return ping({ id, do: 'ping', source, address, timeout }, others);
    const received = /(\d+) (?:packets )?received/.exec(stdout)?.[1];
    if (received === undefined) return answer({ id, is: 'failed', why: 'ping could not be run' });
    if (Number(received) > 0) answer({ id, is: 'passed' });
    else answer({ id, is: 'stopped', why: 'timed out' });
  });
}

function answerPings({ id, version }: Extract<ProbeOrder, { do: 'answer-pings' }>): void {
  const settings = version === 4 ? ['ipv4/icmp_echo_ignore_all'] : ['ipv6/icmp/echo_ignore_all'];
  const isSilent = settings.some((setting) => {
    try {
      return readFileSync(`/proc/sys/net/${setting}`, 'utf8').trim() !== '0';
    } catch {
      // A kernel that has no such setting answers.
      return false;
    }
  });
  answer(isSilent ? { id, is: 'failed', why: 'the container answers no echo requests' } : { id, is: 'done' });
}

function obey(order: ProbeOrder): void {
  if (order.do === 'ping') ping(order);
  else if (order.do === 'answer-pings') answerPings(order);
  else if (order.do === 'listen') listen(order);
  else if (order.do === 'close') close(order);
  else if (order.protocol === 'tcp') connect(order);
  else send(order);
}

if (`${statSync('/proc/self/ns/net').ino}` !== expectedNamespace) {
  process.stderr.write('this is not the network namespace that was meant\n');
  process.exit(3);
}
setTimeout(() => process.exit(4), longestLife).unref();
createInterface({ input: process.stdin })
  .on('line', (line) => obey(JSON.parse(line) as ProbeOrder))
  .on('close', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));
answer({ id: 0, is: 'done' });
