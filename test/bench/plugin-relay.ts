/**
 * Forked by docker-gate.bench.ts, `plugin-relay.ts SOCKET BEHIND`: hands on what comes to a plugin's socket, byte by byte, and
 * keeps what each call about a create took: milliseconds from its first bytes to those of the answer. Any message is answered
 * with those since the one before.
 */
import { connect, createServer } from 'node:net';

/** Of AuthZReq, and of AuthZRes. */
export type RelayTimes = Record<'AuthZReq' | 'AuthZRes', number[]>;

const [socketPath = '', behind = ''] = process.argv.slice(2);
const none = (): RelayTimes => ({ AuthZReq: [], AuthZRes: [] });
let times = none();

const server = createServer((client) => {
  const plugin = connect(behind);
  let call: keyof RelayTimes | undefined;
  let begun = 0;
  client.on('data', (piece) => {
    const line = /^POST \/AuthZPlugin\.(AuthZRe[qs]) /.exec(piece.toString('latin1', 0, 40))?.[1];
    if (line !== undefined) {
      begun = performance.now();
      call = line as keyof RelayTimes;
      // A line of the engine's other questions.
      if (!piece.subarray(0, 600).includes('/containers/create')) call = undefined;
    }
    plugin.write(piece);
  });
  plugin.on('data', (piece) => {
    if (call) times[call].push(performance.now() - begun);
    call = undefined;
    client.write(piece);
  });
  for (const [one, other] of [
    [client, plugin],
    [plugin, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});
server.listen(socketPath, () => process.send?.('ready'));
process.on('message', () => {
  process.send?.(times);
  times = none();
});
