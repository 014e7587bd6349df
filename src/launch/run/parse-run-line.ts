import type { LaunchRequest, LaunchSet } from '../../model/index.ts';
import { parseDockerImage } from '../docker/docker-image.ts';
import { podmanCapabilities } from '../docker-defaults.ts';
import { joinPath, quoteName } from '../json-value.ts';
import { LaunchDraft } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { type ShellToken, type ShellWord, shellLimits, splitShellWords } from '../shell-words.ts';
import { findEngineCall, splitCommands } from './engine-call.ts';
import type { FlagUse } from './flag-readers.ts';
import { findFlag, nearestFlag, type RunFlag } from './run-flags.ts';

/**
 * A line that starts a container, as a person writes it or as words: `docker run`, `create`, `exec`, the same behind
 * `container`, of podman too, behind `sudo` or a prompt. What stands beside it on the line, and what the shell would put in,
 * is listed among `others`. Flags that are not known are refused: the image could not be found. Throws LaunchError.
 */
export function parseRunLine(line: string | readonly string[]): LaunchSet {
  const tokens = typeof line === 'string' ? splitShellWords(withoutPrompt(line), '') : line.map(toWord);
  if (tokens.length > shellLimits.words)
    throw new LaunchError('launch-limit', '', `there are more than ${shellLimits.words} words`);
  const drafts: LaunchDraft[] = [];
  const beside: string[] = [];
  for (const { words, redirections } of splitCommands(tokens)) {
    const call = findEngineCall(words);
    if (!call) {
      beside.push(words.map(({ text }) => text).join(' '));
      continue;
    }
    const draft = new LaunchDraft('run', drafts.length === 0 ? '' : `line[${drafts.length}]`);
    for (const { name, value } of call.others) draft.other(name, value, '');
    for (const target of redirections) draft.other('shell redirection', target, '');
    if (call.isPodman) draft.defaultCapabilities = podmanCapabilities;
    readCall(draft, call.verb, call.words, call.isPodman);
    drafts.push(draft);
  }
  const [first] = drafts;
  if (!first) throw new LaunchError('bad-launch', '', 'there is no docker run, create or exec in it');
  for (const command of beside) first.other('shell command', command.slice(0, 1000), '');
  return { form: 'run', requests: drafts.map(compile) };
}

function compile(draft: LaunchDraft): LaunchRequest {
  const request = draft.compile();
  const { volumeDriver } = draft;
  if (volumeDriver === undefined) return request;
  // It counts for every volume that `--volume` names, whichever flag comes first.
  const mounts = request.mounts.map((mount) =>
    mount.type === 'volume' && mount.path.startsWith('--volume[') ? { ...mount, driver: volumeDriver } : mount,
  );
  return { ...request, mounts };
}

function withoutPrompt(line: string): string {
  return line.replace(/^\s*(?:\S{0,80}[$#%>]|[$#%>])[ \t]+(?=(?:sudo|docker|podman)[ \t])/, '');
}

function toWord(text: string): ShellToken {
  return { kind: 'word', text, plain: text, expansions: [] };
}

function readCall(draft: LaunchDraft, verb: 'run' | 'exec', words: readonly ShellWord[], isPodman: boolean): void {
  const rest = readFlags(draft, verb, words, isPodman);
  const [named, ...command] = rest;
  if (!named) {
    const what = verb === 'exec' ? 'container' : 'image';
    throw new LaunchError('bad-launch', what, `the line ends before the ${what}`);
  }
  noteExpansions(draft, named, verb === 'exec' ? 'container' : 'image');
  if (verb === 'exec') {
    draft.action = 'exec';
    draft.name = named.text;
  } else draft.image = parseDockerImage(named.text, 'image');
  for (const [index, word] of command.entries()) noteExpansions(draft, word, joinPath('command', index));
  if (command.length > 0 || verb === 'exec')
    draft.command = command.map(({ text }, index) => ({ value: text, path: joinPath('command', index) }));
}

function noteExpansions(draft: LaunchDraft, { expansions }: ShellWord, path: string): void {
  for (const expansion of expansions) draft.other('shell expansion', expansion, path);
}

/** Reads flags up to the first word that is none, and gives that and the rest (pflag, not interspersed). */
function readFlags(
  draft: LaunchDraft,
  verb: 'run' | 'exec',
  words: readonly ShellWord[],
  isPodman: boolean,
): readonly ShellWord[] {
  const counts = new Map<string, number>();
  let place = 0;
  const take = (flag: RunFlag, value: ShellWord | undefined, written: string): void => {
    const given = value ?? (flag.takesValue ? words[place++] : undefined);
    if (!given && flag.takesValue) throw new LaunchError('bad-launch', `--${flag.name}`, `nothing follows ${written}`);
    const count = counts.get(flag.name) ?? 0;
    counts.set(flag.name, count + 1);
    const path = flag.isList ? joinPath(`--${flag.name}`, count) : `--${flag.name}`;
    const word: ShellWord = given ?? { kind: 'word', text: 'true', plain: 'true', expansions: [] };
    useFlag(draft, flag, { value: word, path, isPodman });
  };
  while (place < words.length) {
    const word = words[place];
    if (!word?.text.startsWith('-') || word.text === '-') break;
    place++;
    if (word.text === '--') break;
    if (word.text.startsWith('--')) {
      const equals = word.text.indexOf('=');
      const name = equals < 0 ? word.text.slice(2) : word.text.slice(2, equals);
      const flag = findFlag(name, verb);
      if (!flag || name.length < 2) throw unknownFlag(`--${name}`, name, verb);
      take(flag, equals < 0 ? undefined : behind(word, equals + 1), word.text);
    } else takeCluster(word, verb, take);
  }
  return words.slice(place);
}

/** `-it`, `-p80:80`, `-e=A=1`. */
function takeCluster(
  word: ShellWord,
  verb: 'run' | 'exec',
  take: (flag: RunFlag, value: ShellWord | undefined, written: string) => void,
): void {
  for (let index = 1; index < word.text.length; index++) {
    const letter = word.text[index] ?? '';
    const flag = findFlag(letter, verb);
    if (!flag) throw unknownFlag(`-${letter}`, word.text.slice(1), verb);
    const next = word.text[index + 1];
    if (next === '=') return take(flag, behind(word, index + 2), `-${letter}`);
    if (flag.takesValue) return take(flag, next === undefined ? undefined : behind(word, index + 1), `-${letter}`);
    take(flag, undefined, `-${letter}`);
  }
}

/** The part of a word from a place that stands before anything the shell would put in. */
function behind(word: ShellWord, offset: number): ShellWord {
  return { ...word, text: word.text.slice(offset), plain: word.plain.slice(offset) };
}

function useFlag(draft: LaunchDraft, flag: RunFlag, use: FlagUse): void {
  // A variable says itself where its value comes from.
  if (flag.name !== 'env') noteExpansions(draft, use.value, use.path);
  if (flag.read) flag.read(draft, use);
  else if (flag.takesValue || use.value.text !== 'false') draft.other(flag.name, use.value.text, use.path);
}

function unknownFlag(written: string, name: string, verb: 'run' | 'exec'): LaunchError {
  const nearest = nearestFlag(name, verb);
  const remedy = nearest === undefined ? undefined : `Is --${nearest} meant?`;
  const options = remedy === undefined ? {} : { remedy };
  return new LaunchError('bad-launch', written, `the flag ${quoteName(written)} is not known`, options);
}
