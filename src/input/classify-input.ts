import { lazyLibrary } from '../base/index.ts';
import type { InputKind } from '../model/index.ts';
import type { Mark } from './mark.ts';

const ipaddr = lazyLibrary<typeof import('ipaddr.js')>('ipaddr.js');

export interface ClassifyOptions {
  /** What `findInValue` saw in it. */
  readonly marks?: readonly Mark[];
  /** It is a script by where it stands. */
  readonly script?: boolean;
}

/** What a value is, by its form. What is several things is the most telling of them. Looks at the first 8 K characters. */
export function classifyInput(value: string, { marks = [], script = false }: ClassifyOptions = {}): InputKind {
  const text = value.slice(0, 8192).trim();
  if (/^-----BEGIN [A-Z0-9 ]*CERTIFICATE/.test(text)) return 'certificate';
  if (/^-----BEGIN [A-Z0-9 ]*(?:KEY|PGP)|^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) AAAA/.test(text)) return 'key';
  if (script || /^#!\s*\//.test(text)) return 'script';
  if (marks.some(({ rule }) => rule === 'input/encoded-code')) return 'encoded';
  if (
    marks.some(({ rule }) => rule === 'input/code' || rule === 'input/download-and-run' || rule === 'input/interpreter')
  )
    return 'code';
  if (marks.some(({ rule }) => rule === 'input/shell-injection')) return 'script';
  if (/^(?:true|false|yes|no|on|off)$/i.test(text)) return 'boolean';
  if (/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:[kmgtp]i?b?|[munh]?s|m|h|d|%)?$/i.test(text)) return 'number';
  if (isJson(text)) return 'json';
  if (/^-{1,2}[A-Za-z][\w.-]*(?:[=\s]|$)/.test(text)) return 'flag';
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)) return 'url';
  if (isAddress(text)) return 'address';
  if (
    /^(?:eyJ[\w-]+\.[\w-]+\.[\w-]*|gh[pousr]_\w{20,}|glpat-[\w-]{20,}|xox[abp]-[\w-]+|AKIA[A-Z0-9]{16}|sk-[\w-]{20,}|npm_\w{30,})$/.test(
      text,
    )
  )
    return 'token';
  if (/^(?:~|\.{1,2})?\/[^\s\0]*$|^[A-Za-z]:\\[^\n]*$/.test(text)) return 'path';
  if (
    text.length >= 24 &&
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) &&
    /[A-Z]/.test(text) &&
    /\d/.test(text)
  )
    return 'encoded';
  if (text.length >= 32 && text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text)) return 'encoded';
  if (text.includes('\n') && isYaml(text)) return 'yaml';
  return 'text';
}

function isJson(text: string): boolean {
  if (!/^[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not JSON after all.
    return false;
  }
}

function isAddress(text: string): boolean {
  if (text.length > 300) return false;
  const bare = text.replace(/\/\d{1,3}$/, '').replace(/^\[|\]$/g, '');
  if (
    (/^\d{1,3}\.[\d.]{5,11}$/.test(bare) && ipaddr().IPv4.isValidFourPartDecimal(bare)) ||
    (bare.includes(':') && /^[0-9a-f:.]{2,45}$/i.test(bare) && ipaddr().IPv6.isValid(bare))
  )
    return true;
  return (
    /^(?:\[[0-9a-f:.]+\]|(?:[\w-]+\.)*[\w-]+|\*|):\d{1,5}$/i.test(text) ||
    /^[\w.+-]{1,64}@[\w-][\w.-]{0,200}\.\w+$/.test(text) ||
    /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/i.test(text)
  );
}

/** Most of its first lines are keys, items or comments. */
function isYaml(text: string): boolean {
  const lines = text.split('\n', 40).filter((line) => line.trim() !== '');
  const fit = lines.filter((line) => /^ {0,40}(?:#|---|- |["']?[\w./-]{1,80}["']?:(?:\s|$))/.test(line)).length;
  return lines.length > 1 && fit * 4 >= lines.length * 3;
}
