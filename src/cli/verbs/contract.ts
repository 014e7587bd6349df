import { type AddVerb, endUnknown, formatOption, withServices } from '../context.ts';
import { addContractLists } from '../contract-lists.ts';
import { exitCode } from '../exit-code.ts';
import { printError, printJson, printTable } from '../output.ts';
import { readFiles } from '../read-files.ts';

/** `contract`: what may be put into an image, learned from its starts and tried on others. */
export const addContract: AddVerb = (program, context) => {
  const { output } = context;
  const contract = program.command('contract').description('input contracts: what may be put into an image at start');
  addContractLists(contract, context);
  contract
    .command('learn')
    .argument('<image>', 'registry/repository, with or without a tag')
    .description('write an InputContract from the recorded starts of an image, for a person to read and apply')
    .addOption(formatOption('yaml', 'json'))
    .addHelpText(
      'after',
      '\nExample:\n  portwarden contract learn registry.example/shop/cart > cart.yaml\n  portwarden plan -f cart.yaml',
    )
    .action((image: string, options: { format: string }, command) =>
      withServices(context, command, async ({ contracts }) => {
        const draft = await contracts.draft(image);
        if (!draft) return endUnknown(context, `no start of ${image} is recorded`, 'launches');
        if (options.format === 'json') return printJson(output, draft);
        output.out(draft.text.trimEnd());
        output.err(`from ${draft.starts} starts since ${draft.since}; read it before you apply it`);
      }),
    );
  contract
    .command('predicate')
    .argument('<file>', 'of one InputContract document')
    .description('print what whoever makes the image attests, so that the contract travels with it')
    .addHelpText(
      'after',
      `
Example:
  portwarden contract predicate cart.yaml > cart.json
  cosign attest --type https://portwarden.dev/input-contract/v1 --predicate cart.json IMAGE`,
    )
    .action(async (file: string) => {
      const [{ compileContractPredicate }, { parseDocuments }] = await Promise.all([
        import('../../service/index.ts'),
        import('../../policy/index.ts'),
      ]);
      const documents = (await readFiles([file])).flatMap(({ name, text }) => parseDocuments(text, name));
      const [found, ...others] = documents.filter((document) => document.kind === 'InputContract');
      if (!found || others.length > 0) {
        printError(output, new Error(`${file} must have one InputContract document`));
        return context.end(exitCode.usage);
      }
      printJson(output, compileContractPredicate(found));
    });
  contract
    .command('test')
    .argument('<contract>', 'a file of InputContract documents')
    .argument('<launches...>', 'compose files, manifests, docker run lines: what is to be put in')
    .description('hold launches against a contract before it is applied')
    .addOption(formatOption('table', 'json'))
    .addHelpText('after', '\nExit status: 0 all are as the contract says, 1 some are not.')
    .action(async (file: string, launches: readonly string[], options: { format: string }) => {
      const [{ tryContracts }, { parseDocuments }] = await Promise.all([
        import('../../service/index.ts'),
        import('../../policy/index.ts'),
      ]);
      const documents = (await readFiles([file])).flatMap(({ name, text }) => parseDocuments(text, name));
      const contracts = documents.filter((document) => document.kind === 'InputContract');
      const items = tryContracts(contracts, await readFiles(launches), await context.wiring.findLanguage());
      if (options.format === 'json') printJson(output, { items });
      else {
        const rows = items.flatMap(({ name, container, contract: by, state, findings }) => {
          const head = [name, container, by ?? ''];
          return findings.length === 0
            ? [[...head, state, '', '']]
            : findings.map(({ path, evidence }) => [...head, state, path, evidence]);
        });
        await printTable(output, ['FILE', 'CONTAINER', 'CONTRACT', 'STATE', 'WHERE', 'WHAT'], rows);
      }
      if (items.some(({ state }) => state !== 'good')) context.end(exitCode.refused);
    });
};
