import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';
import { parseUnwantedRules, UnwantedError, type UnwantedRule, unwantedLimits } from '../service/index.ts';

/** The rules of all files. Throws UnwantedError `bad-unwanted-rule`. */
export async function readUnwantedRules(paths: readonly string[]): Promise<readonly UnwantedRule[]> {
  const rules: UnwantedRule[] = [];
  for (const path of paths) rules.push(...parseUnwantedRules(await readText(path), path));
  if (rules.length <= unwantedLimits.rules) return rules;
  throw new UnwantedError(
    'bad-unwanted-rule',
    `${paths.join(', ')} have more than ${unwantedLimits.rules} rules together`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > unwantedLimits.fileBytes) throw new Error(`it is larger than ${unwantedLimits.fileBytes} bytes`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UnwantedError('bad-unwanted-rule', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
