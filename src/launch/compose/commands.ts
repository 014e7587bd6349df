import type { At } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import { type LaunchDraft, shellCommand } from '../launch-draft.ts';
import { splitShellWords } from '../shell-words.ts';
import { describe, type ValueReader, wrongType } from './compose-scope.ts';
import { toVariable } from './variables.ts';

/** A text is split into words as a shell would, and nothing in it means anything further (go-shellwords). */
export function readCommand(value: JsonValue, path: string, read: ValueReader): readonly At<string>[] | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return read.texts(value, path);
  return splitShellWords(read.text(value, path), path).map((token) => ({ value: token.text, path }));
}

export function readHealthcheck(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const fields = read.fields(value, path);
  const disable = fields.get('disable');
  if (disable && read.boolean(disable.value, disable.path).value) {
    draft.healthcheck = undefined;
    return;
  }
  const test = fields.get('test');
  if (!test || test.value === null) return;
  if (!Array.isArray(test.value)) {
    draft.healthcheck = { purpose: 'healthcheck', command: shellCommand(read.text(test.value, test.path), test.path) };
    return;
  }
  const [kind, ...words] = read.texts(test.value, test.path);
  draft.healthcheck = undefined;
  if (!kind || kind.value === 'NONE') return;
  if (kind.value === 'CMD') draft.healthcheck = { purpose: 'healthcheck', command: words };
  else if (kind.value === 'CMD-SHELL') {
    const script = words.map((word) => word.value).join(' ');
    draft.healthcheck = { purpose: 'healthcheck', command: shellCommand(script, words[0]?.path ?? test.path) };
  } else throw wrongType(kind.path, 'NONE, CMD or CMD-SHELL');
}

export function readHooks(
  purpose: 'post-start' | 'pre-stop',
  draft: LaunchDraft,
  value: JsonValue,
  path: string,
  read: ValueReader,
): void {
  for (const hook of read.list(value, path))
    for (const [name, field] of read.fields(hook.value, hook.path)) {
      if (name === 'command') {
        const command = readCommand(field.value, field.path, read);
        if (command) draft.hooks.push({ purpose, command });
      } else if (name === 'environment') draft.variables.push(...read.pairs(field.value, field.path).map(toVariable));
      else if (name === 'privileged') {
        if (read.boolean(field.value, field.path).value) draft.privileged = { value: true, path: field.path };
      } else if (name !== 'working_dir') draft.other(`${purpose} ${name}`, describe(field.value), field.path);
    }
}
