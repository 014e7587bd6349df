import type { FindLanguage } from './code/load-languages.ts';
import type { Patience } from './code/parsers.ts';
import { findInValue } from './find-in-value.ts';
import type { Mark } from './mark.ts';

const mostLines = 4000;
const longestValue = 8192;
const setting = /^\s{0,40}(?:- )?["']?([A-Za-z][\w.$/-]{0,80})["']?\s{0,20}(?:=|:\s)\s*(\S.*?)\s*,?\s*$/;
const structure = /^\s*$|^\s*(?:[#;]|\/\/|---|\[[^\]]*\]\s*$|- |[\w."'$/-]+\s*:\s*[|>]?[+-]?\s*$|[{}[\]],?\s*$)/;
/** Keys whose values are commands, or texts that other programs take apart. */
const otherwise =
  /exec|command|cmd|run|script|hook|entrypoint|args?$|opts$|options$|flags$|shell|test|check|probe|before|after|pre|post|start|stop|reload|cron|job|task|action|build|install|regex|pattern|format|template|query|expr|message|description|summary|title|help|filter|rule|match|path|hint|note|info$|usage|example|prompt|comment|license|url|schedule|if$|when$|on$/i;

/**
 * Shell and code in the values of a file of settings: INI, properties, `.env`, YAML and JSON, by lines of a key and a value. Other
 * files have a grammar of their own, and nothing is said of them. Reads the first 4000 lines.
 */
export function findInSettings(text: string, findLanguage: FindLanguage, patience: Patience): readonly Mark[] {
  for (const value of jsonSettings(text) ?? lineSettings(text)) {
    const mark = findInValue(value, 1, findLanguage, patience).marks.find(
      ({ confidence, severity }) => confidence !== 'guess' && severity === undefined,
    );
    if (mark !== undefined) return [{ ...mark, what: `a setting in which stands ${mark.what}` }];
  }
  return [];
}

function lineSettings(text: string): readonly string[] {
  const lines = text.split('\n', mostLines);
  const values: string[] = [];
  let others = 0;
  let block: number | undefined;
  for (const line of lines) {
    const indent = line.search(/\S/);
    // A text of several lines in YAML, which may be a script.
    if (block !== undefined && (indent === -1 || indent > block)) continue;
    block = /:\s*[|>][+-]?\d?\s*$/.test(line) ? indent : undefined;
    const [, key, value] = setting.exec(line) ?? [];
    if (key === undefined || value === undefined) {
      if (!structure.test(line)) others++;
    } else if (!otherwise.test(key) && value.length < longestValue) values.push(unquoted(value));
  }
  return others * 5 > lines.length ? [] : values;
}

/** The texts of JSON, each under a key that says of what it is; undefined where it is none. */
function jsonSettings(text: string): readonly string[] | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const values: string[] = [];
  try {
    JSON.parse(text, (key, value: unknown) => {
      if (typeof value === 'string' && key !== '' && !otherwise.test(key) && value.length < longestValue)
        if (values.length < mostLines) values.push(value);
      return value;
    });
  } catch {
    // No JSON after all.
    return undefined;
  }
  return values;
}

function unquoted(value: string): string {
  // Anchors and aliases of YAML.
  const bare = value.replace(/^[&*][\w-]+(?:\s+|$)/, '');
  return /^(["']).*\1$/.test(bare) ? bare.slice(1, -1) : bare.replace(/\s+#\s.*$/, '');
}
