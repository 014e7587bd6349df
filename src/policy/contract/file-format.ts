import { parseYamlNodes, plainValue } from '../yaml-nodes.ts';

export type FileFormat = 'json' | 'yaml' | 'properties' | 'text';

/**
 * The value of a file that is passed, for a schema; undefined where it is not of the format. Hostile text: what has two
 * readings, such as a field that is there twice, has none here. Never throws.
 */
export function parseInputFile(text: string, format: FileFormat): { readonly value: unknown } | undefined {
  try {
    if (format === 'text') return { value: text };
    if (format === 'properties') return parseProperties(text);
    if (format === 'json') JSON.parse(text);
    // JSON is YAML, and this reader refuses what is there twice.
    const nodes = parseYamlNodes(text, 'file');
    const [node] = nodes;
    if (nodes.length > 1) return undefined;
    return { value: node ? plainValue(node) : null };
  } catch {
    // What is wrong with it may repeat what is in it.
    return undefined;
  }
}

/** NAME=VALUE or NAME: VALUE a line, # and ! before comments, as in .env and .properties; no line goes on in the next. */
function parseProperties(text: string): { readonly value: Readonly<Record<string, string>> } | undefined {
  const value: Record<string, string> = Object.create(null);
  for (const line of text.split(/\r\n|\n|\r/)) {
    const plain = line.trim();
    if (plain === '' || /^[#!;]/.test(plain)) continue;
    const [, name = '', rest = ''] = /^(?:export )?([^\s=:\\]{1,256})[ \t]*[=:](.*)$/s.exec(plain) ?? [];
    if (name === '' || name in value || plain.endsWith('\\')) return undefined;
    value[name] = rest.trim();
  }
  return { value };
}
