import { type AddVerb, formatOption, withServices } from '../context.ts';
import { printJson } from '../output.ts';

export const addLogin: AddVerb = (program, context) => {
  program
    .command('login')
    .description('print a fresh one-time token for the console')
    .addOption(formatOption('table', 'json'))
    .action((options: { format: string }, command) =>
      withServices(context, command, async (services) => {
        const token = await services.login.issueLoginToken();
        if (options.format === 'json') printJson(context.output, { token });
        else context.output.out(token);
      }),
    );
};
