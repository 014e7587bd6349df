import type { At, ImageStart, LaunchRequest } from '../model/index.ts';

/** One value that is passed at start, and what is expected at its place. */
export interface PassedInput {
  readonly place: 'argument' | 'variable' | 'file' | 'script' | 'label';
  readonly path: string;
  readonly name?: string;
  readonly value: string;
  /** `data`: a setting. `script`: read by a shell. `program`: code for another interpreter. `start`: the program itself, or a whole command line. */
  readonly expects: 'data' | 'script' | 'program' | 'start';
  /** The interpreter that reads it. */
  readonly interpreter?: string;
}

/** How many values are looked at, and how many characters in all; what is beyond is told as not looked into. */
export const inputBounds = { values: 5000, characters: 8 * 1024 * 1024 };

const shells = /^(?:ba|da|z|k|a|c|tc|fi|mk|pdk|r?ba)?sh$|^busybox$/;
const interpreters: readonly (readonly [program: RegExp, flag: RegExp])[] = [
  [/^python[\d.]*$|^pypy3?$/, /^-[bBdEhiIOqsSuvVWx]*c$/],
  [/^perl[\d.]*$|^raku$/, /^-[\w]*[eE]$/],
  [/^(?:node|nodejs|bun)$/, /^(?:-e|-p|-pe|--eval|--print)(?:=.*)?$/],
  [/^(?:j?ruby)[\d.]*$/, /^-\w*e$/],
  [/^php[\d.]*$/, /^-(?:r|B|R|E)$|^--run$/],
  [/^(?:powershell|pwsh)(?:\.exe)?$/i, /^[-/](?:c|command|e|ec|enc|encodedcommand)$/i],
  [/^cmd(?:\.exe)?$/i, /^\/[ck]$/i],
  [/^(?:lua|luajit)[\d.]*$/, /^-e$/],
  [/^deno$/, /^eval$/],
  [/^(?:R|Rscript|ghc|elixir|iex|erl)$/, /^(?:-e|--eval|-eval)$/],
  [/^su$/, /^-\w*c$|^--command$/],
];

/** Every value of a request, in order. */
export function* passedInputs(request: LaunchRequest, start: ImageStart | undefined): Generator<PassedInput> {
  yield* argumentsOf(request, start);
  for (const { purpose, command } of request.scripts) {
    for (const input of commandInputs(command, 'script')) yield { ...input, name: purpose };
  }
  for (const { name, path, value } of request.environment) {
    // A name without a value takes that of whoever starts it; what is no name says something by itself.
    if (value !== undefined || !/^[\w.-]*$/.test(name))
      yield { place: 'variable', path, name, value: value ?? '', expects: 'data' };
  }
  for (const { target, path, content } of request.files) {
    if (content !== undefined) yield { place: 'file', path, name: target, value: content, expects: 'data' };
  }
  for (const [name, value] of Object.entries(request.workload.labels))
    yield { place: 'label', path: `labels.${name}`, name, value, expects: 'data' };
}

/** Entrypoint and command together, since the one says what reads the other. */
function* argumentsOf(request: LaunchRequest, start: ImageStart | undefined): Generator<PassedInput> {
  const own = (request.entrypoint === undefined ? (start?.entrypoint ?? []) : []).map((value) => ({ value, path: '' }));
  const all = [...own, ...(request.entrypoint ?? []), ...(request.command ?? [])];
  for (const input of commandInputs(all, 'argument')) if (input.path !== '') yield input;
}

function* commandInputs(command: readonly At<string>[], place: 'argument' | 'script'): Generator<PassedInput> {
  let interpreter: readonly [string, RegExp | undefined] | undefined;
  let next: 'script' | 'program' | undefined;
  for (const [index, { value, path }] of command.entries()) {
    const common = { place, path, value } as const;
    if (next !== undefined) {
      yield { ...common, expects: next, interpreter: interpreter?.[0] ?? '' };
      [next, interpreter] = [undefined, undefined];
      continue;
    }
    if (place === 'script' && command.length === 1) {
      yield { ...common, expects: 'script', interpreter: 'sh' };
      continue;
    }
    const program = value.slice(value.lastIndexOf('/') + 1);
    const isFlag = /^[-/]/.test(value) && !/^\/\w+\//.test(value);
    if (interpreter !== undefined && isFlag) {
      const [name, flag] = interpreter;
      if (flag === undefined ? /^-\w*c\w*$/.test(value) : flag.test(value))
        next = flag === undefined || name === 'su' ? 'script' : 'program';
    } else if (value.length < 100 && !/\s/.test(value)) {
      if (shells.test(program)) interpreter = [program, undefined];
      else {
        const known = interpreters.find(([pattern]) => pattern.test(program));
        if (known !== undefined) interpreter = [program, known[1]];
        else if (!isFlag && interpreter !== undefined && interpreter[0] !== 'su') interpreter = undefined;
      }
    }
    const name = /^(--?[A-Za-z][\w.-]{0,60})(?:=|$)/.exec(value)?.[1];
    yield { ...common, expects: index === 0 ? 'start' : 'data', ...(name === undefined ? {} : { name }) };
  }
}
