import { LaunchError } from '../launch-error.ts';
import { interpolate } from './interpolate.ts';

export interface FileVariable {
  readonly name: string;
  /** Absent: taken from the environment of who asks. */
  readonly value?: string;
  readonly line: number;
}

const nameAndRest = /^\s*(?:export\s+)?([^\s=:#'"]+)\s*(?:([=:])\s*(.*))?$/;

/**
 * The variables of an env_file, as compose reads it (compose-go dotenv): comments, `export`, values in quotes, which may have
 * several lines; variables are put in but between single quotes. Throws LaunchError.
 */
export function parseVariablesFile(
  text: string,
  path: string,
  variables: ReadonlyMap<string, string> | undefined,
): readonly FileVariable[] {
  if (text.length > 1024 * 1024) throw new LaunchError('launch-limit', path, 'the file of variables is too large');
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const found: FileVariable[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const start = index + 1;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, separator, written = ''] = nameAndRest.exec(line) ?? [];
    if (name === undefined) throw new LaunchError('bad-launch', path, `line ${start} of the file of variables is none`);
    if (separator === undefined) {
      found.push({ name, line: start });
      continue;
    }
    const quote = written[0];
    if (quote !== '"' && quote !== "'") {
      const plain = written.replace(/(?:^|\s)#.*$/, '').trimEnd();
      found.push({ name, value: interpolate(plain, path, variables).text, line: start });
      continue;
    }
    const pieces = [written.slice(1)];
    let end = endOfQuote(pieces[0] ?? '', quote);
    while (end < 0 && ++index < lines.length) {
      pieces.push(lines[index] ?? '');
      end = endOfQuote(lines[index] ?? '', quote);
    }
    if (end < 0)
      throw new LaunchError('bad-launch', path, `the quote in line ${start} of the file of variables does not end`);
    const last = pieces.pop() ?? '';
    const inner = [...pieces, last.slice(0, end)].join('\n');
    const value = quote === "'" ? inner : interpolate(unescape(inner), path, variables).text;
    found.push({ name, value, line: start });
  }
  return found;
}

function endOfQuote(text: string, quote: string): number {
  for (let place = 0; place < text.length; place++) {
    if (text[place] === '\\' && quote === '"') place++;
    else if (text[place] === quote) return place;
  }
  return -1;
}

function unescape(text: string): string {
  const meant = new Map([
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['$', '$$'],
  ]);
  return text.replace(/\\([\s\S])/g, (_all, letter: string) => meant.get(letter) ?? letter);
}
