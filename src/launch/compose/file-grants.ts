import type { LaunchFile, LaunchReference } from '../../model/index.ts';
import { type JsonMap, type JsonValue, joinPath } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { isJsonMap } from '../yaml-text.ts';
import { type ValueReader, wrongType } from './compose-scope.ts';

const grantFields = new Set(['source', 'target', 'uid', 'gid', 'mode']);

/**
 * `secrets` and `configs` of a service: files whose content the top of the file gives, or says where it comes from. Compose
 * mounts those that are files of the host.
 */
export function readFileGrants(
  kind: 'secret' | 'config',
  draft: LaunchDraft,
  value: JsonValue,
  path: string,
  read: ValueReader,
): void {
  const declarations = read.scope.top[`${kind}s`];
  for (const item of read.list(value, path)) {
    const fields = isJsonMap(item.value) ? read.fields(item.value, item.path, grantFields) : undefined;
    const named = fields ? fields.get('source') : item;
    if (!named) throw wrongType(item.path, 'the name of what the file declares');
    const source = read.text(named.value, named.path);
    const targetField = fields?.get('target');
    const target = grantTarget(kind, source, targetField ? read.text(targetField.value, targetField.path) : '');
    const declared = isJsonMap(declarations) && Object.hasOwn(declarations, source) ? declarations[source] : undefined;
    const declaration = isJsonMap(declared) ? declared : undefined;
    const at = joinPath(`${kind}s`, source);
    const { file, hostPath } = readDeclaration(kind, source, declaration, at, read);
    draft.files.push({ target, path: item.path, ...file });
    if (hostPath !== undefined)
      draft.addMount({ mount: { type: kind, path: item.path, target, source: hostPath, readOnly: true }, others: [] });
  }
}

function grantTarget(kind: 'secret' | 'config', source: string, target: string): string {
  const named = target === '' ? source : target;
  if (named.startsWith('/')) return named;
  return kind === 'secret' ? `/run/secrets/${named}` : `/${named}`;
}

function readDeclaration(
  kind: 'secret' | 'config',
  source: string,
  declaration: JsonMap | undefined,
  path: string,
  read: ValueReader,
): { readonly file: Pick<LaunchFile, 'content' | 'from'>; readonly hostPath?: string } {
  const from = (reference: LaunchReference) => ({ from: reference });
  const fields = declaration ? read.fields(declaration, path) : new Map();
  const content = fields.get('content');
  if (content) return { file: { content: read.text(content.value, content.path) } };
  const file = fields.get('file');
  if (file) {
    const name = read.text(file.value, file.path);
    const known = read.scope.files.get(name);
    const where = from({ kind: 'file', name });
    return { file: known === undefined ? where : { ...where, content: known }, hostPath: name };
  }
  const environment = fields.get('environment');
  if (environment) return { file: from({ kind: 'host', name: read.text(environment.value, environment.path) }) };
  return { file: from({ kind, name: source }) };
}
