import type { LaunchVariable } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { isJsonMap } from '../yaml-text.ts';
import { type PairAt, type ValueReader, wrongType } from './compose-scope.ts';
import { parseVariablesFile } from './variables-file.ts';

/** What is not set is taken from the host, whole or in part. */
export function toVariable({ name, path, value }: PairAt): LaunchVariable {
  if (!value) return { name, path, from: { kind: 'host', name } };
  const [unset] = value.unset;
  if (unset === undefined) return { name, path, value: value.text };
  const from = { kind: 'host', name: unset } as const;
  return value.text === '' ? { name, path, from } : { name, path, value: value.text, from };
}

export function readVariableFiles(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const items = Array.isArray(value) ? read.list(value, path) : [{ value, path }];
  for (const item of items) {
    const fields = isJsonMap(item.value) ? read.fields(item.value, item.path) : undefined;
    const named = fields ? fields.get('path') : item;
    if (!named) throw wrongType(item.path, 'a path');
    const name = read.text(named.value, named.path);
    const content = read.scope.files.get(name);
    if (content === undefined) draft.other('env_file', name, item.path);
    else if (fields?.get('format')?.value === 'raw') draft.other('env_file', `${name} (raw)`, item.path);
    else
      for (const variable of parseVariablesFile(content, item.path, read.scope.variables)) {
        const found = variable.value === undefined ? undefined : { text: variable.value, unset: [] };
        draft.fileVariables.set(variable.name, toVariable({ name: variable.name, path: item.path, value: found }));
      }
  }
}
