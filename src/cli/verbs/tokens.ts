import { Option } from 'commander';
import { formatInstant } from '../../base/index.ts';
import { type TokenRole, tokenRoles } from '../../model/index.ts';
import { type AddVerb, endUnknown, formatOption, withServices } from '../context.ts';
import { printJson, printTable } from '../output.ts';

export const addTokens: AddVerb = (program, context) => {
  const { output } = context;
  const tokens = program.command('tokens').description('tokens for programs that use the API');
  tokens
    .command('create')
    .argument('<name>', 'what it is for; shown in the list')
    .description('print a new token, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices([...tokenRoles]).default('admin'))
    .addOption(formatOption('table', 'json'))
    .action((name: string, options: { format: string; role: TokenRole }, command) =>
      withServices(context, command, async (services) => {
        const token = await services.login.createApiToken(name, options.role);
        if (options.format === 'json') printJson(output, { name, token });
        else output.out(token);
      }),
    );
  tokens
    .command('list')
    .description('names of the tokens that are valid')
    .addOption(formatOption('table', 'json'))
    .action((options: { format: string }, command) =>
      withServices(context, command, async (services) => {
        const items = (await services.login.apiTokens()).map(({ name, created, role }) => ({
          name,
          role,
          created: formatInstant(created),
        }));
        if (options.format === 'json') return printJson(output, { items });
        await printTable(
          output,
          ['NAME', 'ROLE', 'CREATED'],
          items.map((item) => [item.name, item.role, item.created]),
        );
      }),
    );
  tokens
    .command('remove')
    .argument('<name>')
    .description('make a token invalid')
    .action((name: string, _options, command) =>
      withServices(context, command, async (services) => {
        if (!(await services.login.removeApiToken(name)))
          endUnknown(context, `there is no token "${name}"`, 'tokens list');
      }),
    );
};
