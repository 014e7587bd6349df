import { Option } from 'commander';
import { type AddVerb, parseCount, storeOptions } from '../context.ts';
import type { UpOptions } from '../wiring.ts';

export const addUp: AddVerb = (program, context) => {
  program
    .command('up')
    .description("server, console and this host's agent in one process")
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <host...>', 'names that it answers to besides localhost and its address ($PORTWARDEN_NAMES)', [])
    .option('--port <port>', 'port to listen on; 0 for any free one', parseCount, 7080)
    .addOption(
      new Option('--log <level>', 'what to log on standard error')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    )
    .action(
      async (options: { host: string; name: readonly string[]; port: number; log: UpOptions['logLevel'] }, command) => {
        const { output } = context;
        const sayToken = (address: string, token: string): void => {
          output.out(`Log in with this one-time token: ${token}`);
          output.out(`  or open ${address}/#token=${token}`);
        };
        await context.wiring.up({
          ...storeOptions(command),
          host: options.host,
          names: options.name,
          port: options.port,
          logLevel: options.log,
          signal: context.signal,
          onNotice: (message) => output.err(message),
          onReady: ({ address, token, data, gate, gates, away }) => {
            if (away === undefined) output.out(`Portwarden ${context.wiring.version} is ready: ${address}`);
            else {
              output.out(`Portwarden ${context.wiring.version} runs without its store: ${address}`);
              output.err(away);
              for (const line of withoutStore(gates.length > 0)) output.out(line);
            }
            if (token !== undefined) sayToken(address, token);
            if (gate !== undefined) output.out(`The registry gate is at ${gate}`);
            for (const place of gates) output.out(`A launch gate is at ${place}`);
            output.out(`${away === undefined ? 'The store is' : 'What is kept is'} in ${data}. Stop with Ctrl-C.`);
          },
          onStore: ({ address, token }) => {
            output.out(`The store is there. Portwarden ${context.wiring.version} is ready: ${address}`);
            sayToken(address, token);
          },
        });
      },
    );
};

function withoutStore(hasGates: boolean): readonly string[] {
  return [
    ...(hasGates
      ? [
          'The launch gates decide by the policies that held last. What was admitted on this host within seven days starts; what',
          'nobody can decide without the store is refused, or let pass where policies only observe. All of it is kept on disk.',
        ]
      : []),
    'Rules of security groups hold as they held last. Everything else waits for the store, and comes by itself when it is there.',
  ];
}
