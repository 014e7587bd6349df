import { type AddVerb, withServices } from '../context.ts';

export const addLogin: AddVerb = (program, context) => {
  program
    .command('login')
    .description('print a fresh one-time token for the console')
    .action((_options, command) =>
      withServices(context, command, async (services) => {
        context.output.out(await services.login.issueLoginToken());
      }),
    );
};
