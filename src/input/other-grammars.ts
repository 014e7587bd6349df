import { bareCommands, commandWord } from './shell/command-words.ts';

/** Longer texts are none of these. */
const longest = 4096;

/**
 * Whether a whole text parses as something else than shell whose signs are those of the shell: a list of words, pairs of a
 * connection, a pipeline of a search, a selector of CSS. None of them has a place where a shell would substitute anything.
 */
export function isOtherGrammar(text: string): boolean {
  if (text.length > longest || /`|\$\(|[<>]\(/.test(text)) return false;
  return isWordList(text) || parsePairs(text) !== undefined || isSearch(text) || isSelector(text) || isTable(text);
}

const interpreters = /^(?:(?:ba|da|z|k|c|tc|fi|a)?sh|python\d?|perl|ruby|php|node|pwsh|powershell)$/i;

/** `id; name; date`, `bash|zsh|fish`: three words and more between signs of one kind, and no more of them than chance has are commands. */
function isWordList(text: string): boolean {
  const sign =
    /^\s*[A-Za-z][\w-]{0,29}\s*([;|])\s*[A-Za-z][\w-]{0,29}(?:\s*\1\s*[A-Za-z][\w-]{0,29}){1,200}\s*\1?\s*$/.exec(
      text,
    )?.[1];
  if (sign === undefined) return false;
  const words = text.split(sign).flatMap((word) => (word.trim() === '' ? [] : [word.trim().toLowerCase()]));
  if (words.every((word) => interpreters.test(word))) return true;
  if (sign === '|' && interpreters.test(words.at(-1) ?? '')) return false;
  const commands = words.filter((word) => bareCommands.has(word) || commandWord(word) === 'plain').length;
  return commands * 2 <= words.length;
}

/** The values of `Host=db;Port=5432;Minimum Pool Size=0`; undefined where it is not made of such pairs alone. */
export function parsePairs(text: string): readonly string[] | undefined {
  if (text.length > longest || !text.includes(';') || !text.includes('=') || /[`|&<>\n]|\$\(/.test(text))
    return undefined;
  const parts = text.replace(/;\s*$/, '').split(';');
  if (parts.length < 2) return undefined;
  const values: string[] = [];
  for (const part of parts) {
    const [, key = '', value = ''] = /^\s*([A-Za-z][\w.-]*(?: [A-Za-z][\w.-]*){0,4})\s*=([^=]*=?=?)$/.exec(part) ?? [];
    if (key === '') return undefined;
    // In a shell what stands behind a blank is the command: `A=1 id`, `rm x=y`.
    const [first = '', ...others] = key.split(' ');
    if (others.length > 0 && commandWord(first) === 'plain') return undefined;
    if (!/^\s*(?:\{[^{}]*\}|"[^"]*"|'[^']*')\s*$/.test(value) && hasCommand(value)) return undefined;
    values.push(value.trim());
  }
  return values;
}

function hasCommand(value: string): boolean {
  const [, ...behind] = value.trim().split(/\s+/);
  return behind.some((word) => commandWord(word.slice(word.lastIndexOf('/') + 1)) !== undefined || /[/$]/.test(word));
}

/** Stages that only the languages of searches have: Splunk, Kusto, LogQL, VictoriaLogs. */
const ownStages =
  /^(?:stats|eventstats|streamstats|tstats|timechart|chart|table|rex|dedup|spath|mvexpand|mv-expand|makemv|lookup|inputlookup|transaction|fillnull|summarize|extend|project(?:-\w+)?|line_format|label_format|logfmt|render|fields|bin|bucket|where)$/;
const sharedStages =
  /^(?:sort|head|tail|eval|top|rare|join|count|uniq|cut|search|rename|limit|take|order|reverse|append|collect|distinct|union|parse|json|unwrap|regex|addinfo|sistats|format|replace|return|convert|filter|first|last)$/;

/** `index=web | stats count by status | sort -count`: each stage begins as stages of searches do, and one as no program is called. */
function isSearch(text: string): boolean {
  if (!text.includes('|') || /[;&\n]|\|\|/.test(text)) return false;
  const [source = '', ...stages] = text.split('|', 40);
  const isStage = ownStages.test(/^\s*([a-z_-]+)\s/.exec(source)?.[1] ?? '');
  if (
    (!isStage &&
      !/^\s*(?:(?!(?:cat|echo|env|printf|curl|sudo|sh|bash|nc|tar|grep)\b)[\w.*-]+\s+){0,6}(?:[\w.:*-]+\s*(?:=|!=|>=?|<=?)\s*\S|[A-Za-z]\w*\s*$|\{[^{}]*\}\s*$|["*])/.test(
        source,
      )) ||
    stages.length === 0
  )
    return false;
  let own = isStage;
  for (const stage of stages) {
    const verb = /^\s*([a-z_-]+)(?=[\s(]|$)/.exec(stage)?.[1] ?? '';
    if (ownStages.test(verb)) own = true;
    else if (!sharedStages.test(verb) || /\s\.{0,2}\/[\w.-]+(?:\/[\w.-]+){0,20}(?:\s|$)/.test(stage)) return false;
  }
  return own;
}

/** A table of Markdown: all lines between strokes, the second one drawn. */
function isTable(text: string): boolean {
  if (!/^\s*\|[^\n]*\|\s*\n\s*\|(?:\s*:?-+:?\s*\|)+\s*(?:\n|$)/.test(text)) return false;
  return text.split('\n').every((line) => line.trim() === '' || /^\s*\|[^;&$]*\|\s*$/.test(line));
}

const compound =
  /^(?:\*|[a-z][\w-]*)?(?:[.#][A-Za-z_-][\w-]*|\[[\w-]+(?:\s*[~|^$*]?=\s*(?:"[^"]*"|'[^']*'|[\w-]+))?\s*\]|::?[a-z-]+(?:\([^()]*\))?)*$/;

/** `ul > li:nth-child(2n+1) a[href^="http"]`: with a pseudo-class or an attribute, which no command has. */
function isSelector(text: string): boolean {
  if (!/:{1,2}[a-z]|\[[\w-]+[~|^$*]?=|\[[\w-]+\]/.test(text) || /[;&\\\n{}]/.test(text)) return false;
  const parts = text
    .replace(/\[[^\]]*\]|\([^()]*\)/g, (inside) => inside.replace(/[\s>+~,]/g, ''))
    .trim()
    .split(/\s*[>+~,]\s*|\s+/, 100);
  return (
    parts.every((part) => part !== '' && compound.test(part)) &&
    parts.some((part) =>
      /:{1,2}(?:nth-|not\(|first-|last-|only-|hover|after|before|is\(|where\(|has\(|focus|root|checked|disabled|empty)|\[/.test(
        part,
      ),
    )
  );
}
