import type { Mark } from '../mark.ts';
import { fragments } from './fragments.ts';
import { isPerl } from './languages/perl.ts';
import type { FindLanguage } from './load-languages.ts';
import type { Patience } from './parsers.ts';
import { signs } from './signs.ts';
import { findWindows } from './windows.ts';

/** What each sign and fragment has one of. */
const hints =
  /[()[\]{}<$:_'"`;]|import|process|prototype|constructor\.|module\.exports|java\.lang\.(?:Runtime|Process)|commons\.collections|classLoader|com\.sun\.(?:jndi|org)|java\.beans|xwork2|struts2|omg\.CORBA|Kernel\.|union|program|file|document|rO0AB|KztAAU|Cs7QAF|aced0005|-[A-Z]/i;

/**
 * Code where data is expected: what parses as a language and does something, what is written for interpreters that have no grammar here,
 * and scripts by their first line.
 */
export function findCode(text: string, findLanguage: FindLanguage, patience: Patience): readonly Mark[] {
  const windows = findWindows(text);
  if (windows.length > 0) return windows;
  if (/^\s*#!\s*\/\S/.test(text)) return [code('a script that names its interpreter', 'certain')];
  if (!hints.test(text)) return [];
  const language = findLanguage(text, patience) ?? (isPerl(text) ? 'Perl' : undefined) ?? signOf(text);
  return language === undefined ? [] : [code(/^[A-Z]\w+$/.test(language) ? `code in ${language}` : language, 'likely')];
}

function signOf(text: string): string | undefined {
  for (const table of [signs, fragments]) {
    for (const [pattern, language] of table) if (pattern.test(text)) return language;
  }
  return undefined;
}

function code(what: string, confidence: Mark['confidence']): Mark {
  return { rule: 'input/code', what, confidence };
}
