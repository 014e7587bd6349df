import type { Mark } from '../mark.ts';

const shells: readonly (readonly [RegExp, string])[] = [
  [
    /(?<![\w./-])for\s*(?:\/[dflr]\b[^\n]{0,200}?)?\s%{1,2}[^\s%]{0,3}[^\n]{0,80}?\bin\s{0,9}\([^\n]{0,160}?\)\s{0,9}do\b/i,
    'a loop of cmd.exe',
  ],
  [/(?<![\w./-])for\s*(?:\/[dflr]\b[^\n]{0,200}?)?\s%{1,2}\s+in\s*\([^\n]{0,160}?\)\s{0,9}do\b/i, 'a loop of cmd.exe'],
  [
    /(?:^|[\s;|&({@"'])if\s*(?:\/i)?(?:\s+not)?\s+(?:exist|errorlevel|defined|cmdextversion)\s+[^\s]/i,
    'a condition of cmd.exe',
  ],
  [
    /(?:^|[;|&({@"'\n])[ \t]{0,20}if(?:\/i|\s*\/i)?(?:\s+not)?\s*[\s("'[{%!][^\n]{0,120}?\b(?:geq|gtr|equ|neq|leq|lss)\b/i,
    'a condition of cmd.exe',
  ],
  [
    /(?:^|[;|&@"'\n])[ \t]{0,20}if(?:\/i|\s*\/i)?(?:\s+not)?[\s([{"'%!]+(?!\$)[^\s=$]{0,40}\s?==\s?[^\s=]/i,
    'a condition of cmd.exe',
  ],
  [
    /(?:^|[\s;|&"'(])(?:[a-z]:\\[^\s"']{0,80}\\)?(?:cmd(?:\.exe)?|%comspec%)\s+\/[a-z]\b/i,
    'cmd.exe, started on a string',
  ],
  [
    /\breg(?:\.exe)?\s+(?:add|delete|query|import|save|export)\s+["']?HK|\bnet1?(?:\.exe)?\s+(?:user|localgroup|share|use)\s+\S+\s+\S|(?:^|[;|&(\n])\s*iex\s+["'($]|(?:^|[;|(\n=])\s*&\s*["'](?:[A-Za-z]:\\|\.{0,2}\\)/i,
    'a command of Windows',
  ],
  [
    /\b(?:certutil(?:\.exe)?\s+[^\n]{0,80}-urlcache|bitsadmin(?:\.exe)?\s+\/|regsvr32(?:\.exe)?\s+[^\n]{0,80}\/i:http|rundll32(?:\.exe)?\s+\S|wmic(?:\.exe)?\s+(?:\/\S+\s+)?process\s+call|sc(?:\.exe)\s+create\s|mshta(?:\.exe)?\s+(?:https?:|javascript:|vbscript:))/i,
    'a program of Windows that fetches and runs',
  ],
];

/** Commands of cmd.exe, and PowerShell that is started. */
export function findWindows(text: string): readonly Mark[] {
  if (
    !/for|if|cmd|comspec|reg|net|iex|&|certutil|bitsadmin|regsvr|rundll|wmic|sc\.exe|mshta|powershell|pwsh/i.test(text)
  )
    return [];
  if (/\{%|\{\{/.test(text) && /\{%-?\s*(?:if|for|elif)\b|\{\{-?\s*(?:if|range|with)\b/.test(text)) return [];
  for (const [pattern, what] of shells) {
    if (pattern.test(text) && !(what.startsWith('a condition') && /;\s*then\b|\bthen\s*$/.test(text)))
      return [{ rule: 'input/shell-injection', what, confidence: 'likely' }];
  }
  const powershell = findPowershell(text);
  return powershell === undefined ? [] : [powershell];
}

function findPowershell(text: string): Mark | undefined {
  if (
    /(?:^|[\s;|&"'(\\/])(?:powershell|pwsh)(?:\.exe)?["']?\s+[^\n]{0,200}?[-/]e(?:nc|ncodedcommand|c|n)?\s+["']?[A-Za-z0-9+/=]{8,}/i.test(
      text,
    )
  )
    return { rule: 'input/encoded-code', what: 'PowerShell, started on encoded code', confidence: 'certain' };
  if (
    /(?:^|[;|&"'(=]\s*)(?:[a-z]:\\[^\s"']{0,80}\\)?(?:powershell|pwsh)(?:\.exe)?["']?\s+(?:-\w|["'$&({]|[a-z]:\\|\S+\.ps1|\w+-\w)/i.test(
      text,
    )
  )
    return { rule: 'input/interpreter', what: 'PowerShell, started on a string', confidence: 'likely' };
  return undefined;
}
