import type { Mark } from '../mark.ts';

const verbs =
  'Add|Checkpoint|Clear|Compare|Complete|Compress|Connect|Convert|ConvertFrom|ConvertTo|Copy|Debug|Disable|Disconnect|Enable|Enter|Exit|Expand|Export|Find|ForEach|Format|Get|Group|Import|Install|Invoke|Join|Limit|Measure|Move|New|Out|Pop|Protect|Publish|Push|Read|Receive|Register|Remove|Rename|Reset|Resolve|Restart|Restore|Resume|Save|Select|Send|Set|Show|Sort|Split|Start|Stop|Suspend|Switch|Tee|Test|Trace|Unblock|Undo|Uninstall|Unprotect|Unregister|Update|Use|Wait|Where|Write';
const nouns =
  'Acl|ADUser|BitsTransfer|MpPreference|NetFirewall\\w*|Alias|Archive|ArgumentCompleter|AsWorkflow|AuthenticodeSignature|BinaryMiLog|ChildItem|Cim\\w+|Clipboard|Clixml|CmsMessage|Command|Computer\\w*|Console|ControlPanelItem|Counter|Credential|Csv|Culture|Custom|DscResource|Debugger|Error|EventLog|EventSubscriber|EngineEvent|ExecutionPolicy|ExperimentalFeature|Expression|FileCatalog|FileHash|FormatData|Guid|GridView|Help|History|HotFix|Html|InstalledModule|InstalledScript|IseSnippet|Item|ItemProperty|ItemPropertyValue|Job\\w*|Json|LocalGroup\\w*|LocalUser|LocalizedData|Location|LogProperties|MailMessage|Markdown\\w*|Member|Module\\w*|ODataEndpointProxy|Object|ObjectEvent|OperationValidation|Package\\w*|Path|PfxCertificate|PowerShellDataFile|Printer|Process|PS\\w+|Random|RecycleBin|RestMethod|RoleCapability|Runspace\\w*|ScheduledJob\\w*|Script\\w*|SddlString|SecureString|Service|Sleep|StrictMode|String\\w*|TemporaryFile|ThreadJob|TimeSpan|TimeZone|TraceSource|Trace|Transaction|Transcript|TypeData|Type|UICulture|Uptime|Variable|Verb|WebRequest|WebServiceProxy|WinEvent|Wmi\\w+|WSMan\\w*|Xml|Host|Output|Warning|Verbose|Debug|Information|Progress|Content|Date|Event|List|Table|Wide|Hex|Unique|Null|File|Connection|Default';

/** `Invoke-WebRequest`; of names that are also words of headings and headers, only as PowerShell itself writes them. */
const commandlet = new RegExp(`(?<![\\w-])(?:${verbs})-(?:${nouns})(?![\\w-])`, 'i');
/** Whatever a module brings: a verb and a noun as PowerShell writes them, and a parameter by its name. */
const withParameter = new RegExp(
  `(?:^|[;|&({=\\n])\\s*(?:${verbs})-[A-Z][A-Za-z]{2,40}\\s+(?:[^\\s;|-][^\\s;|]{0,100}\\s+)?-[A-Z][A-Za-z]{2,30}(?:\\s|:|$)`,
);
const everyday =
  /^(?:set-cookie|get-help|new-(?:item|event|module|service)|get-date|start-date|add-content|test-(?:connection|path|json)|update-(?:list|module|script)|show-(?:markdown|command)|write-(?:error|host)|read-(?:host|file)|format-(?:list|table|custom|wide|hex|date)|select-(?:string|object)|sort-(?:object|list)|group-(?:object|member|list)|import-(?:module|csv)|export-(?:csv|module)|out-(?:file|date|default)|use-(?:default|path|module)|find-(?:module|package)|get-(?:module|content|service|event|process|item|file|list|path|type|host)|set-(?:content|date|service|item|type|host|path|location)|\w+-(?:list|default|table|type|host|file|path|date|event|error|content|wide|custom|service|package|module|script|json|xml|csv|html|connection|progress|history|help|command|process|table|member))$/;

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

/** `&$c 'whoami'`: in a shell the sign would stand behind a command. */
const calledVariable = /(?:^|[;({\n])\s*&\s*(?:\$\w+|\(\s*['"$])/;

/** Commands of cmd.exe and of PowerShell. */
export function findWindows(text: string): readonly Mark[] {
  if (
    !/for|if|cmd|comspec|reg|net|iex|&|certutil|bitsadmin|regsvr|rundll|wmic|sc\.exe|mshta|powershell|pwsh|-/i.test(
      text,
    )
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
  if (calledVariable.test(text)) return { rule: 'input/code', what: 'a command of PowerShell', confidence: 'likely' };
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
  if (!text.includes('-')) return undefined;
  if (withParameter.test(text)) return { rule: 'input/code', what: 'a command of PowerShell', confidence: 'certain' };
  const match = commandlet.exec(text);
  const found = match?.[0];
  if (match === null || found === undefined) return undefined;
  // A key of a file of settings, as many rules and options are called.
  if (/^[a-z-]+$/.test(found) && /^\s*[:=/]/.test(text.slice(match.index + found.length))) return undefined;
  const asWritten = /^[A-Z][A-Za-z]+-[A-Z]/.test(found);
  const hasArguments = new RegExp(
    `(?:${found.replace(/\W/g, '\\$&')})\\s+(?:-[A-Za-z]|['"$@{(|]|[A-Za-z]:\\\\|https?:)`,
  ).test(text);
  if (
    everyday.test(found.toLowerCase()) &&
    !hasArguments &&
    !(asWritten && /^[^,]*$/.test(text) && /\s/.test(text.trim()))
  ) {
    return undefined;
  }
  return {
    rule: 'input/code',
    what: 'a command of PowerShell',
    confidence: asWritten || hasArguments ? 'certain' : 'likely',
  };
}
