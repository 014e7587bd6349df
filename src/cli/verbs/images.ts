import { formatBytes } from '../../base/index.ts';
import type { Passport } from '../../model/wire/index.ts';
import { type AddVerb, formatOption, limitOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatAge, printError, printJson, printTable } from '../output.ts';
import { formatSeverities, printPassport } from '../print-passport.ts';

interface ImagesOptions {
  readonly search?: string;
  readonly format: string;
  readonly limit: number;
}

export const addImages: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('images')
    .description('the images that are known, or the passport of one')
    .argument('[image]', 'image ID, a prefix of it, digest or reference')
    .option('--search <text>', 'only images with this in a reference or in their ID')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json', 'cyclonedx', 'spdx'))
    .action((image: string | undefined, options: ImagesOptions, command) =>
      withServices(context, command, async (services) => {
        if (image === undefined) {
          const page = await services.images.list({
            limit: options.limit,
            ...(options.search ? { search: options.search } : {}),
          });
          if (options.format !== 'table') return printJson(output, page);
          await printTable(
            output,
            ['IMAGE', 'ID', 'STATE', 'AGE', 'SIZE', 'RUNNING', 'COMPONENTS', 'FINDINGS'],
            page.items.map((row) => [
              row.references[0] ?? '',
              row.imageId.slice(7, 19),
              row.state,
              formatAge(row.ageDays),
              formatBytes(row.size),
              row.running,
              row.components,
              formatSeverities(row.severities, row.judgement),
            ]),
          );
          if (page.items.length < page.total) output.err(`${page.items.length} of ${page.total} are shown (--limit)`);
          return;
        }
        if (options.format === 'cyclonedx' || options.format === 'spdx') {
          const document = await services.images.bom(image, options.format);
          if (document !== undefined) return output.out(document);
        } else {
          const passport: Passport | undefined = await services.images.passport(image);
          if (passport)
            return options.format === 'json' ? printJson(output, passport) : printPassport(output, passport);
        }
        printError(output, new Error(`no image "${image}" is known, or it was not read yet; see: portwarden images`));
        context.end(exitCode.unreadable);
      }),
    );
};
