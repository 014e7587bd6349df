/** No grammar of Perl is made for WebAssembly: its statements are read by their forms. Longer texts by their beginning. */
const longest = 8192;
const mostStatements = 400;
const longestStatement = 2000;

/** Strings, patterns and comments; what stands in them is no statement. */
const literals =
  /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|(?<![\w$@%>}])(?:q[qwr]?|m|s|tr|y)(?:\{[^{}]*\}(?:\s{0,9}\{[^{}]*\})?|\([^()]*\)|\/(?:[^/\\\n]|\\.)*\/(?:(?:[^/\\\n]|\\.)*\/)?|!(?:[^!\n]*!){1,2})[a-z]*|(?<=[=!]~\s{0,4})\/(?:[^/\\\n]|\\.)*\/[a-z]*|(?:^|(?<=[\s;{}]))#[^\n]*/g;
const commands = /`[^`]*`|(?<![\w$@%>}])qx\s?(?:\{[^{}]*\}|\([^()]*\)|\/[^/\n]*\/)/g;
const statements = /([^;{}]*)([;{}]|$)/g;

/** Of a statement whose strings are `S`, and whose commands in backticks are `X`. */
const forms: Readonly<Record<'opening' | 'ended' | 'anyhow', readonly RegExp[]>> = {
  /** Before a block. */
  opening: [
    /^(?:eval|do)$/,
    /^[$@%*&]\S{1,80}\s*=\s*(?:sub|do)$/,
    /^(?:print|return|push|join)\b.*\b(?:map|grep|sort)$/,
    /^sub(?:\s+(?!vcl_)\w+)?\s*(?:\([$@%&;*\\]*\))?$/,
    /^(?:foreach|for)\s+(?:my\s+)?\$\w+\s*\(/,
    /^(?:foreach|for)\s*\(\s*(?:my\s+)?[$@]\w/,
    /^(?:while|until)\s*\(\s*(?:<\s*\$?\w*\s*>|\w?[$@%]\w|my\b|1\s*\)|\()/,
    /^(?:if|unless|elsif)\s*\(\s*(?:!|defined\b|exists\b|not\b|-[a-z]\s|@|ref\b|[$@%]\w+(?:->|\{|\[|\s*(?:[=!]~\s*S|eq\b|ne\b|==|>|<|&&|\|\|)))/,
  ],
  /** Before a semicolon, or the end of a block. */
  ended: [
    /^[$@%](?:\w+|\{[^}]*\})\s*(?:->\s*)?(?:[[{][^;]*[\]}]\s*)?(?:[-+.*|&^%x/]{0,2}|\|\||&&|\/\/)=(?![=~]).*$/s,
    /^(?:print|printf|say|die|warn|push|unshift)\s*\(?\s*S\s*(?:[,)]|[.x]\s|$)/,
  ],
  anyhow: [
    /^(?:my|our|local|state)\s*\(?\s*[$@%]\w/,
    /^(?:use|no)\s+(?:strict|warnings|utf8|lib|vars|constant|parent|base|feature|POSIX|Socket|[A-Z]\w*(?:::\w+)+|[A-Z]\w+\s+S)\b/,
    /^require\s+[A-Z]\w*(?:::\w+)+/,
    /^[$@%]\w+\s*=~\s*[\sS/]/,
    /[$@%]\w+\s*->\s*(?:\[|@\*|\w+\s*\(|$)/,
    /^(?:return\s+)?[A-Z]\w*(?:::\w+)+\s*->\s*\w+/,
    /^(?:print|printf|say|die|warn|push|unshift|splice|chomp|open|close|binmode|unlink|mkdir|opendir|system|exec|eval|kill|local|delete|bless|return|shift|require|do|fork|undef)\b\s*\(?\s*(?:\{?\s*(?:\*?STD(?:ERR|OUT|IN)|[$@%&](?!\d)\w|\$_|@_|S\s*(?:,|[.x]\s|if\b|unless\b|for)|X\b|<|\\[$@%]))/,
    /^(?:open|unlink|system|exec|opendir|mkdir|rename|kill|fork)\s*\(?\s*(?:\w+\s*,\s*)?(?:S|\$|@|glob\b|<)/,
    /<STDIN>|\bwhile\s*<\w*>|^kill\s+\S+\s*,|(?<![-\w.])eval\s+(?:pack|unpack|\$_|S)\b/,
    /^(?:print|say|return|exec|system|[$@%]\w+\s*=)\s*\(?\s*X/,
  ],
};

/** What starts programs, connects, decodes or evaluates, of a text whose strings are `S`. */
const acts =
  /(?<![\w$@%>:-])(?:system|exec|fork|socket|connect|syscall|pack|unpack|decode_base64|kill)\b|(?<![\w$@%>-])eval\b\s*[^{\s]|\bIO::Socket|\bIPC::Open|\bX\b|&\s*\{/;

/** Whether code that perl is started on does what a check or a start does not. Linear in the text. */
export function actsInPerl(text: string): boolean {
  return acts.test(masked(text)) || /\bopen\b[^;]{0,80}["']\s*(?:\||[^"']{1,80}\|\s*["'])/.test(text.slice(0, longest));
}

function masked(text: string): string {
  return text
    .slice(0, longest)
    .replace(commands, ' X ')
    .replace(literals, (literal) => (literal.startsWith('#') ? ' ' : ' S '));
}

/** Whether a statement of a text is one of Perl that does something. Linear in the text. */
export function isPerl(text: string): boolean {
  if (
    !/[$@%&]\w|[$@]_|@\{|\w::\w+\s*->|\b(?:use|sub|print|say|exec|system|eval|open|qx|while|unlink|require)\b/.test(
      text,
    )
  )
    return false;
  if (/@\{\s?(?:\[|(?:system|exec|qx)\s)/.test(text)) return true;
  const bare = masked(text);
  let count = 0;
  for (const [, statement = '', end] of bare.matchAll(statements)) {
    if (++count > mostStatements) return false;
    const trimmed = statement.trim();
    if (trimmed === '' || trimmed.length > longestStatement) continue;
    const possible = end === '{' ? forms.opening : end === '' ? [] : forms.ended;
    if ([...possible, ...forms.anyhow].some((form) => form.test(trimmed))) return true;
  }
  return false;
}
