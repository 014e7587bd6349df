import { lazyLibrary } from '../base/index.ts';
import { checkNode } from './check-node.ts';
import type { DocumentKind, DocumentOf, DocumentPath } from './document-kind.ts';
import { checkedSchema } from './document-schema.ts';
import { documentKinds, type PolicyDocument, type PolicyDocumentKind } from './documents/document-kinds.ts';
import { nearestName } from './nearest-name.ts';
import { badDocument, type Position } from './policy-error.ts';
import { parseYamlNodes, type YamlNode } from './yaml-nodes.ts';

const yaml = lazyLibrary<typeof import('yaml')>('yaml');

/**
 * The policy documents of one file: YAML, several to a file, JSON too. Outside text, of which every field is checked; what
 * a kind does not know is refused. Throws PolicyError, which names file, line and column.
 */
export function parseDocuments(text: string, file: string): readonly PolicyDocument[] {
  const seen = new Map<string, Position>();
  return parseYamlNodes(text, file).map((node) => {
    const document = parseDocument(node, file);
    const key = `${document.kind}/${document.metadata.name}`;
    const before = seen.get(key);
    if (before) {
      const twice = `there is a ${document.kind} "${document.metadata.name}" already, at line ${before.line}`;
      throw badDocument(file, nodeAt(node, ['metadata', 'name']), twice, 'Give one of them another name');
    }
    seen.set(key, node);
    return document;
  });
}

function parseDocument(node: YamlNode, file: string): PolicyDocument {
  const kind = kindOf(node, file);
  const document = checkNode(node, checkedSchema(kind), file) as PolicyDocument;
  // Each kind is checked as what it has just been found to be.
  const { check } = documentKinds[kind] as DocumentKind<unknown>;
  check?.(document as DocumentOf<string, unknown>, (path, message, remedy) => {
    throw badDocument(file, nodeAt(node, path), `${formatPath(path)} ${message}`, remedy);
  });
  return document;
}

function kindOf(node: YamlNode, file: string): PolicyDocumentKind {
  const kinds = Object.keys(documentKinds);
  if (node.kind !== 'map') throw badDocument(file, node, 'a document must be a mapping that begins with "apiVersion"');
  const entry = node.entries.get('kind');
  const all = `It is one of ${kinds.join(', ')}`;
  if (!entry) throw badDocument(file, node, 'a document lacks the field "kind"', all);
  const written = entry.value.kind === 'scalar' ? entry.value.value : undefined;
  if (typeof written === 'string' && Object.hasOwn(documentKinds, written)) return written as PolicyDocumentKind;
  const near = typeof written === 'string' ? nearestName(written, kinds) : undefined;
  throw badDocument(file, entry.value, 'there is no such kind', near === undefined ? all : `Did you mean "${near}"?`);
}

function nodeAt(node: YamlNode, path: DocumentPath): Position {
  let at = node;
  for (const step of path) {
    const inner =
      at.kind === 'map' ? at.entries.get(String(step))?.value : at.kind === 'list' ? at.items[Number(step)] : undefined;
    if (!inner) break;
    at = inner;
  }
  return at;
}

function formatPath(path: DocumentPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

/** A document as YAML that parseDocuments reads back as the same. */
export function formatDocument(document: PolicyDocument): string {
  const { apiVersion, kind, metadata, ...rest } = document;
  return yaml().stringify(
    { apiVersion, kind, metadata, ...rest },
    { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' },
  );
}
