import type { ClassifiedInput, ImageStart, InputReport, LaunchFinding, LaunchRequest } from '../model/index.ts';
import { classifyInput } from './classify-input.ts';
import { actsInPerl } from './code/languages/perl.ts';
import type { FindLanguage } from './code/load-languages.ts';
import { type Patience, requestPatience } from './code/parsers.ts';
import { type FindSecrets, findCredentials } from './find-credentials.ts';
import { findDanger } from './find-danger.ts';
import { findEntrypoint } from './find-entrypoint.ts';
import { findInSettings } from './find-in-settings.ts';
import { findInValue, type LookedInto } from './find-in-value.ts';
import type { InputMemory } from './input-memory.ts';
import { inputRules } from './input-rules.ts';
import { findLoaderHook } from './loader-hooks.ts';
import type { Mark, Strictness } from './mark.ts';
import { inputBounds, type PassedInput, passedInputs } from './passed-inputs.ts';
import { namesFile } from './shell/hidden-paths.ts';
import { judgeScript } from './shell/judge-script.ts';

export interface ExamineOptions {
  readonly strictness: Strictness;
  /** Finds code by parsing; loaded once for the process. */
  readonly findLanguage: FindLanguage;
  /** What the image says of its own start, where that is known. */
  readonly start?: ImageStart;
  /** Where secrets stand in a text, and what they are called: the patterns of room inspect. */
  readonly findSecrets?: FindSecrets;
  /** Of values that were looked into before, with the same `findSecrets`. */
  readonly memory?: InputMemory;
}

/** What tells code from data, and how much of it may still be done for this request. */
interface Parsing {
  readonly findLanguage: FindLanguage;
  readonly patience: Patience;
}

const unparsed = 'more that may be code is passed than is parsed';

/** Scripts and files are looked into this far. */
const longestText = 262_144;

/**
 * Looks into everything that is passed at start: arguments, variables, files, labels, what the engine runs besides. Never
 * throws. No text of the report contains anything of a value but names of variables and flags.
 */
export function examineInputs(request: LaunchRequest, options: ExamineOptions): InputReport {
  const { start, findLanguage, findSecrets, memory } = options;
  const findings: LaunchFinding[] = [...findEntrypoint(request, start)];
  findings.push(...findCommand(request, findSecrets, memory));
  const inputs: ClassifiedInput[] = [];
  const unread: { path: string; cause: string }[] = [];
  const all = [...passedInputs(request, start)];
  const users = all.flatMap(({ name = '', value }) =>
    /user(?:name)?$|_user_?|login$/i.test(name) && value.length < 60 ? [value] : [],
  );
  const parsing: Parsing = { findLanguage, patience: { left: requestPatience } };
  let characters = 0;
  for (const [index, input] of all.entries()) {
    const { place, path, name, value } = input;
    characters += value.length + (name?.length ?? 0);
    if (index >= inputBounds.values || characters > inputBounds.characters) {
      unread.push({ path, cause: `more is passed than is looked into: ${all.length} values` });
      break;
    }
    const last = place === 'argument' || place === 'script' ? all[index - 1] : undefined;
    const before = last?.place === place ? last : undefined;
    const look = () => lookAt(input, before, users, options, parsing);
    // What was looked into without patience is not what it looks like.
    const { marks, cause, shown, kind, secret } =
      memory && parsing.patience.left > 0 ? memory.recall(wordsOf(input, before, users, options), look) : look();
    if (cause !== undefined) unread.push({ path, cause });
    for (const mark of marks) findings.push(finding(mark, input, findSecrets));
    inputs.push({ path, place, ...(shown === undefined ? {} : { name: shown }), kind, secret });
  }
  if (parsing.patience.left <= 0) unread.push({ path: request.path, cause: unparsed });
  return { findings, inputs, unread };
}

/** What one input turned out to be. In words of this room, but for a name that may be shown. */
interface Seen extends LookedInto, Pick<ClassifiedInput, 'kind' | 'secret'> {
  readonly shown?: string;
}

function lookAt(
  input: PassedInput,
  before: PassedInput | undefined,
  users: readonly string[],
  { strictness, findSecrets }: ExamineOptions,
  parsing: Parsing,
): Seen {
  const { name, value, expects } = input;
  const looked = lookInto(input, strictness, parsing);
  const cause = looked.cause ?? (parsing.patience.left <= 0 ? unparsed : undefined);
  const credentials = findCredentials(input, before, users, findSecrets);
  return {
    marks: [...looked.marks, ...credentials.marks],
    ...(cause === undefined ? {} : { cause }),
    ...(name === undefined ? {} : { shown: shownName(name, findSecrets) }),
    kind: classifyInput(value, { marks: looked.marks, script: expects === 'script' }),
    secret: credentials.secret,
  };
}

/** Everything that `lookAt` goes by; where an input stands is none of it. Each text has its length before it, and the value ends it. */
function wordsOf(
  { place, expects, interpreter = '', name, value }: PassedInput,
  before: PassedInput | undefined,
  users: readonly string[],
  { strictness }: ExamineOptions,
): string {
  const around = `${strictness} ${place} ${expects} ${interpreter.length} ${interpreter} ${name?.length} ${name}`;
  const others = users.length === 0 ? '' : JSON.stringify(users);
  return `${around} ${before?.value.length} ${before?.value} ${others.length} ${others} ${value}`;
}

/** What is started as a whole: `nc`, `-e`, `/bin/sh` say nothing each for itself. */
function findCommand(
  request: LaunchRequest,
  findSecrets: FindSecrets | undefined,
  memory: InputMemory | undefined,
): readonly LaunchFinding[] {
  const all = [...(request.entrypoint ?? []), ...(request.command ?? [])].slice(0, 200);
  const [first] = all;
  if (first === undefined || all.length < 2) return [];
  const values = all.map(({ value }) => value);
  const look = () => commandMarks(values);
  const marks = memory ? memory.recall(JSON.stringify(['command', ...values]), look) : look();
  const input: PassedInput = { place: 'argument', path: first.path, value: '', expects: 'start' };
  return marks.map((mark) => finding(mark, input, findSecrets));
}

function commandMarks(values: readonly string[]): readonly Mark[] {
  if (values.some((value) => /\s/.test(value))) return [];
  // What one of them says by itself is found where it stands.
  if (values.some((value) => value.length > 20 && findDanger(value.slice(0, 300), 'script').length > 0)) return [];
  return findDanger(values.map((value) => value.slice(0, 300)).join(' '), 'script');
}

function lookInto(input: PassedInput, strictness: Strictness, parsing: Parsing): LookedInto {
  const { place, expects, name = '', value } = input;
  if (place === 'file') return inText(value, true, parsing);
  if (expects === 'script') return script(input, strictness);
  if (expects === 'program') return program(input, strictness, parsing);
  if (place === 'variable') return variable(name, value, strictness, parsing);
  if (place === 'script') return inText(value, false, parsing);
  if (isCommandSetting(place, name, value)) return script(input, 1);
  const line =
    expects === 'start' ? (commandLine(value) ?? (strictness === 1 ? plainCommand(value) : undefined)) : undefined;
  if (line !== undefined) return { marks: judgeScript(line) };
  return findInValue(value, strictness, parsing.findLanguage, parsing.patience);
}

/** Labels by which schedulers learn commands, and settings of PostgreSQL that it gives to a shell. */
function isCommandSetting(place: PassedInput['place'], name: string, value: string): boolean {
  return place === 'label'
    ? /\.(?:command|cmd|exec|script)$/.test(name)
    : place === 'argument' && /^(?:archive|restore|archive_cleanup|recovery_end|ssl_passphrase)_command=/.test(value);
}

/** A whole command line in one argument, as people write healthchecks and `docker run`. */
function commandLine(value: string): string | undefined {
  const inner =
    /^(?:CMD-SHELL|CMD)\s+([\s\S]+)$/.exec(value)?.[1] ??
    /^((?:sudo\s+)?(?:docker|podman|nerdctl)\s+(?:container\s+)?(?:run|create|exec)\s[\s\S]+)$/.exec(value)?.[1];
  if (inner !== undefined) return inner;
  return /^(?:\/(?:usr\/)?bin\/(?:env\s+)?)?(?:ba|da|a)?sh\s+-\w*c\s+(?=["'])(?!.*\$SHELL)[\s\S]+$/.test(value)
    ? value
    : undefined;
}

/** One command with its arguments, as people write what a container does: nothing in it is for a shell. */
function plainCommand(value: string): string | undefined {
  return value.length <= 1000 &&
    /^[\w./-]+(?:\s+[\w./:=@,%+*~-]+)+$/.test(value) &&
    !/\.\.\//.test(value) &&
    !namesFile(value)
    ? value
    : undefined;
}

function inText(value: string, isFile: boolean, parsing: Parsing): LookedInto {
  const isScript = !isFile || /^\s*#!/.test(value);
  const text = value.slice(0, longestText);
  const dangers = findDanger(text, isScript ? 'script' : 'data').slice(0, 4);
  const marks =
    dangers.length === 0 && !isScript ? findInSettings(text, parsing.findLanguage, parsing.patience) : dangers;
  const cause = `only its first ${longestText} characters were looked into`;
  return {
    marks: isFile
      ? marks.map((mark) => ({ ...mark, rule: 'input/file-content' as const, what: `a file with ${mark.what}` }))
      : marks,
    ...(value.length > longestText ? { cause } : {}),
  };
}

function script({ place, interpreter, value }: PassedInput, strictness: Strictness): LookedInto {
  const marks = [...judgeScript(value.slice(0, longestText))];
  if (place === 'argument' && strictness === 2)
    marks.push(onString(`${interpreter ?? 'a shell'}, started on a string`, 'certain'));
  return {
    marks,
    ...(value.length > longestText ? { cause: `only its first ${longestText} characters were looked into` } : {}),
  };
}

const languages: readonly (readonly [interpreter: RegExp, language: string])[] = [
  [/^(?:python|pypy)/, 'Python'],
  [/^(?:node|bun|deno)/, 'JavaScript'],
  [/^j?ruby/, 'Ruby'],
  [/^php/, 'PHP'],
  [/^(?:powershell|pwsh)/i, 'PowerShell'],
];

/** Whether code does what a healthcheck or a start does not: starts programs, connects, decodes. */
function acts(text: string, interpreter: string, { findLanguage, patience }: Parsing): boolean {
  if (interpreter.startsWith('perl')) return actsInPerl(text);
  const [, language] = languages.find(([pattern]) => pattern.test(interpreter)) ?? [];
  if (language !== undefined) return findLanguage(text, patience, language) !== undefined;
  return /\b(?:execute|popen|cmd|system|shell|eval|loadstring|socket)\b/.test(text);
}

function program({ interpreter = '', value }: PassedInput, strictness: Strictness, parsing: Parsing): LookedInto {
  const text = value.slice(0, longestText);
  const marks: Mark[] = [...findDanger(text, 'script')];
  const isEncoded = /^(?:powershell|pwsh)/i.test(interpreter) && /^[A-Za-z0-9+/=\s]{16,}$/.test(value);
  if (isEncoded)
    marks.push({ rule: 'input/encoded-code', what: 'PowerShell, started on encoded code', confidence: 'certain' });
  else if (acts(text, interpreter, parsing))
    marks.push({
      ...onString(`${interpreter}, started on a string that starts programs, connects or decodes`, 'likely'),
      severity: 'high',
    });
  else if (strictness === 2) marks.push(onString(`${interpreter}, started on a string`, 'certain'));
  return {
    marks,
    ...(value.length > longestText ? { cause: `only its first ${longestText} characters were looked into` } : {}),
  };
}

function onString(what: string, confidence: Mark['confidence']): Mark {
  return { rule: 'input/interpreter', what, confidence };
}

function variable(
  name: string,
  value: string,
  strictness: Strictness,
  { findLanguage, patience }: Parsing,
): LookedInto {
  const hook = findLoaderHook(name, value);
  const line = cronCommand(value) ?? namedCommand(name, value);
  const inValue = isNamedProgram(name, value)
    ? { marks: [] }
    : line === undefined || strictness === 2
      ? findInValue(value, strictness, findLanguage, patience)
      : { marks: judgeScript(line) };
  const inName = /^[\w.-]{1,128}$/.test(name)
    ? []
    : findInValue(name.slice(0, 4096), strictness, findLanguage, patience).marks;
  const started =
    inValue.marks.length === 0 && shellOnString.test(value) && !/(?:COMMAND|CMD|ENTRYPOINT|HEALTH\w*|TEST)$/i.test(name)
      ? [onString('a shell, started on a string', 'likely')]
      : [];
  const marks = [
    ...(hook === undefined ? [] : [hook]),
    ...started,
    ...inValue.marks,
    ...inName.map((mark) => ({ ...mark, what: `in its name, ${mark.what}` })),
  ];
  return { ...inValue, marks };
}

/** `BUILD_COMMAND`, `WG_POST_UP`: a variable that says that its value is a command for a shell. */
function namedCommand(name: string, value: string): string | undefined {
  return value.length <= 4096 &&
    /^[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*(?:(?:COMMANDS?|CMDS?)(?:_[A-Z]+)?|(?:PRE|POST)_?(?:UP|DOWN))$/.test(name)
    ? value
    : undefined;
}

const shellOnString = /^\s*(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z|k)?sh\s+-\w*c\s+\S/;

/** The command of a line of crontab(5), which is one by its form: what is dangerous even there is found all the same. */
function cronCommand(value: string): string | undefined {
  const times =
    /^\s*(?:@(?:hourly|daily|weekly|monthly|yearly|annually|midnight|reboot)|(?:[\d*][\d*/,-]*\s+){4}[\d*A-Z][\d*/,A-Z-]*)\s+(?=\S)/i;
  const found = times.exec(value)?.[0];
  if (found === undefined || value.includes('\n')) return undefined;
  const command = value.slice(found.length).replace(/^(?:root|www-data|nobody|\w+)\s+(?=\/)/, '');
  return command.length > 4096 || /^[\d*?]/.test(command) ? undefined : command;
}

/** `PAGER=less -R`, `PACKAGES=curl git vim`: variables whose value is the name of a program, or of several. */
function isNamedProgram(name: string, value: string): boolean {
  if (/^(?:\w+_|MAN)?(?:PAGER|EDITOR|VISUAL)$/.test(name))
    return /^[\w./-]+(?:\s+-{1,2}[A-Za-z][\w-]*(?:=\w+)?)*$/.test(value);
  if (/^LESS(?:OPEN|CLOSE)$/.test(name))
    return /^\|{0,2}-?\s*(?:\/usr)?(?:\/local)?\/bin\/lesspipe(?:\.sh)?(?:\s+%s){1,2}$/.test(value);
  if (/^(?:GIT_SSH(?:_COMMAND)?|\w+_RSH|SVN_SSH)$/.test(name))
    return (
      /^(?:\/usr\/bin\/)?ssh(?:\s+-[\w=.:/@,%+-]+|\s+[\w=.:/@,%+-]+)*\s*$/.test(value) &&
      !/Command|\s-F\s*\/(?:tmp|dev)/i.test(value)
    );
  return (
    /(?:PACKAGES?|PKGS?|DEPS|DEPENDENCIES|EXTENSIONS|PLUGINS|MODULES|APT_\w+|APK_\w+)$/i.test(name) &&
    /^[\w.+@:/=-]+(?:[\s,;]+[\w.+@:/=-]+)*$/.test(value)
  );
}

function finding(
  { rule, what, confidence, severity }: Mark,
  { path, place, name }: PassedInput,
  findSecrets: FindSecrets | undefined,
): LaunchFinding {
  const own = inputRules[rule];
  const shown = name === undefined ? '' : shownName(name, findSecrets);
  return {
    rule,
    severity: severity ?? own.severity,
    subject: place === 'variable' && shown !== '' ? shown : path,
    title: own.title,
    remedy: own.remedy,
    evidence: place === 'variable' && shown !== '' ? `${shown}: ${what}` : what,
    path,
    confidence,
  };
}

/** A name can itself be what nobody may see, where somebody mixed up name and value. */
function shownName(name: string, findSecrets: FindSecrets | undefined): string {
  if (!/^[\w./[\]:-]{1,128}$/.test(name)) return 'a name that is none';
  for (const _ of findSecrets?.(name) ?? []) return 'a name that is a secret';
  return name;
}
