import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { messageOf } from '../../base/index.ts';
import { type Ecosystem, ecosystems, parseEcosystem } from '../../model/index.ts';
import type { AddVerb } from '../context.ts';
import { exitCode } from '../exit-code.ts';

type Compare = (ecosystem: Ecosystem, a: string, b: string) => -1 | 0 | 1;

export const addCompareVersions: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('compare-versions')
    .description('print <, = or >: how an ecosystem orders two versions')
    .argument('[ecosystem]', ecosystems.join(', '))
    .argument('[a]')
    .argument('[b]')
    .option('--stdin', 'read ECOSYSTEM<TAB>A<TAB>B lines and answer a line for each')
    .addHelpText('after', '\nA version that is none is answered with ! and the reason.')
    .action(
      async (name: string | undefined, a: string | undefined, b: string | undefined, options, command: Command) => {
        if (options.stdin) {
          const { compareVersions } = await import('../../advisory/index.ts');
          for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
            const [ecosystem = '', left = '', right = '', ...rest] = line.split('\t');
            output.out(rest.length > 0 ? '! more than three fields' : answer(compareVersions, ecosystem, left, right));
          }
          return;
        }
        if (name === undefined || a === undefined || b === undefined) {
          return command.error('error: it takes ECOSYSTEM A B, or --stdin');
        }
        if (parseEcosystem(name) === undefined) return command.error(`error: ${unknownEcosystem(name)}`);
        const { compareVersions } = await import('../../advisory/index.ts');
        const sign = answer(compareVersions, name, a, b);
        output.out(sign);
        if (sign.startsWith('!')) context.end(exitCode.unreadable);
      },
    );
};

/** `<`, `=`, `>`, or `!` and the reason. Total: whatever a line holds, it is answered. */
function answer(compare: Compare, name: string, a: string, b: string): string {
  const ecosystem = parseEcosystem(name);
  if (ecosystem === undefined) return `! ${unknownEcosystem(name)}`;
  try {
    return { [-1]: '<', 0: '=', 1: '>' }[compare(ecosystem, a, b)];
  } catch (error) {
    return `! ${messageOf(error)}`;
  }
}

function unknownEcosystem(name: string): string {
  return `"${name}" is not an ecosystem whose order is known: ${ecosystems.join(', ')}`;
}
