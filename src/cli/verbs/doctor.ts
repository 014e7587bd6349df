import { type AddVerb, formatOption, storeOptions } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printJson, printTable } from '../output.ts';

export const addDoctor: AddVerb = (program, context) => {
  program
    .command('doctor')
    .description('what this machine has and lacks for running Portwarden')
    .addOption(formatOption('table', 'json'))
    .action(async (options: { format: string }, command) => {
      const rows = await context.wiring.examine(storeOptions(command));
      if (options.format === 'json') printJson(context.output, { items: rows });
      else {
        await printTable(
          context.output,
          ['CHECK', 'STATE', 'DETAIL'],
          rows.map((row) => [row.check, row.state, row.detail]),
        );
        for (const row of rows) if (row.remedy) context.output.out(`${row.check}: ${row.remedy}`);
      }
      if (rows.some((row) => row.state === 'bad')) context.end(exitCode.unreadable);
    });
};
