/** Longer values are held against patterns alone. */
const longest = 600;
const mostStatements = 20;

/** What variables, groups and indices PHP calls, freed of blanks and comments: `$a[0]{1}`, `(sy.(st).em)`, `(string)"a"."b"`, `[x][0]`. */
const index = String.raw`(?:\[[^[\]]*(?:\[[^[\]]*\][^[\]]*){0,4}\]|\{[^{}]*\})`;
const given = String.raw`\([^()]*(?:\([^()]*\)[^()]*){0,4}\)`;
const variableCall = new RegExp(
  String.raw`^@?(?:\$\w+=@?)?\$+(?:[A-Za-z_]\w*|\{[^{}]{1,60}\})${index}{0,8}${given}(?:\.|;|$)`,
);
const textCall = new RegExp(
  String.raw`^(?:\((?:string|int|bool|array|object)\))?(?:${given}${index}{0,4}|\{?\[[^[\]]+\](?:\[\d+\]|\{\d+\}){1,4}\}?|(?:"[^"]*"|'[^']*')(?:\.(?:"[^"]*"|'[^']*')){0,9})${given}$`,
);

/**
 * Whether a whole value, or a statement in it, is a call of what is computed, as PHP allows it of variables, texts and
 * constants. A value that has two words beside each other is prose.
 */
export function isComputedCall(text: string): boolean {
  if (text.length > longest || !/^[\s\w@$("'[{]/.test(text) || !/\(/.test(text)) return false;
  const bare = text
    .replace(/\/\*[^*]{0,200}\*\//g, ' ')
    .replace(/(?:#|(?<!:)\/\/)[^\n]{0,200}\r?\n/g, ' ')
    .trim();
  if (/^@?\$/.test(bare) && !/[^\s]\s+\((?!\s*[\d'"$)])/.test(bare) && variableCall.test(bare.replace(/\s+/g, '')))
    return true;
  const statements = bare.split(';', mostStatements);
  return statements
    .slice(0, -1)
    .some((statement) => !/\w\s+\w/.test(statement) && textCall.test(statement.replace(/\s+/g, '')));
}
