import { LaunchError } from '../launch-error.ts';
import type { ShellToken, ShellWord } from '../shell-words.ts';

export interface SimpleCommand {
  readonly words: readonly ShellWord[];
  /** Where input comes from or output goes to. */
  readonly redirections: readonly string[];
}

/** The commands of a line, split at what stands between them; redirections taken out. */
export function splitCommands(tokens: readonly ShellToken[]): readonly SimpleCommand[] {
  const commands: { words: ShellWord[]; redirections: string[] }[] = [];
  let current = { words: [] as ShellWord[], redirections: [] as string[] };
  let redirection: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'operator') {
      redirection = /[<>]/.test(token.text) ? token.text : undefined;
      if (redirection !== undefined) continue;
      if (current.words.length > 0) commands.push(current);
      current = { words: [], redirections: [] };
    } else if (redirection !== undefined) {
      current.redirections.push(`${redirection} ${token.text}`);
      redirection = undefined;
    } else current.words.push(token);
  }
  if (current.words.length > 0) commands.push(current);
  return commands;
}

export interface EngineCall {
  readonly verb: 'run' | 'exec';
  readonly isPodman: boolean;
  /** Behind the verb. */
  readonly words: readonly ShellWord[];
  /** What was said before it: variables of the shell, options of the client. */
  readonly others: readonly { readonly name: string; readonly value: string }[];
}

const prefixes = new Set(['sudo', 'doas', 'time', 'exec', 'nohup', 'command', 'winpty', 'env']);
const engines = new Set(['docker', 'podman', 'nerdctl']);
const verbs: ReadonlyMap<string, 'run' | 'exec'> = new Map([
  ['run', 'run'],
  ['create', 'run'],
  ['exec', 'exec'],
]);
/** Options of the client itself that take a value (docker(1), podman(1)). */
const clientOptions = new Set(
  '-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey --root --runroot --runtime --runtime-flag --storage-driver --storage-opt --cgroup-manager --conmon --connection --identity --url --hooks-dir --events-backend --imagestore --module --network-cmd-path --network-config-dir --ssh --tmpdir --volumepath -n --namespace -a --address --snapshotter --data-root'.split(
    ' ',
  ),
);

/** What starts a container, or undefined where the command is another one. Throws LaunchError for an option that is not read. */
export function findEngineCall(words: readonly ShellWord[]): EngineCall | undefined {
  const others: { name: string; value: string }[] = [];
  let place = 0;
  for (; place < words.length; place++) {
    const text = words[place]?.text ?? '';
    if (/^[A-Za-z_]\w*=/.test(text)) others.push({ name: 'shell assignment', value: text });
    else if (text.startsWith('-') && place > 0) others.push({ name: 'option before the engine', value: text });
    else if (!prefixes.has(text)) break;
  }
  const engine = (words[place]?.text.split('/').at(-1) ?? '').replace(/\.exe$/, '');
  if (!engines.has(engine)) return undefined;
  place++;
  for (; words[place]?.text.startsWith('-'); place++) {
    const option = words[place]?.text ?? '';
    others.push({ name: 'option of the engine', value: option });
    if (clientOptions.has(option)) {
      place++;
      others.push({ name: 'option of the engine', value: words[place]?.text ?? '' });
    } else if (
      !option.includes('=') &&
      !/^(?:-D|--debug|--tls|--tlsverify|-r|--remote|--noout|--syslog|--trace)$/.test(option)
    )
      throw new LaunchError('bad-launch', option.slice(0, 60), 'this option of the engine is not read');
  }
  if (words[place]?.text === 'container') place++;
  const verb = verbs.get(words[place]?.text ?? '');
  return verb && { verb, isPodman: engine === 'podman', words: words.slice(place + 1), others };
}
