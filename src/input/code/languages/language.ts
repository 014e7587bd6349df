/** What is code in one language: which texts are parsed, and what in their trees does something. */
export interface Language {
  /** As findings name it. */
  readonly name: string;
  /** The grammar of tree-sitter. */
  readonly grammar: 'javascript' | 'php' | 'powershell' | 'python' | 'ruby';
  /** Texts without it are not parsed. Linear in the text. */
  readonly hint: RegExp;
  /** The text as the grammar wants it: `<?php` before it, a semicolon behind it. */
  readonly prepare?: (text: string) => string;
  /** Types of nodes that are passed through where they have one child only. */
  readonly thin?: readonly string[];
  /**
   * Queries of tree-sitter, each with `@code` at what does something, or `@prose` at what only words in a sentence are
   * taken for, which makes the whole text no code. Nothing counts in which the grammar found an error.
   */
  readonly query: string;
  /** As `query`: what starts programs, connects, decodes, evaluates or reflects, which a check or a start does not. */
  readonly acts: string;
}

/** Names, in blanks between each other, as a group of a regular expression. */
export function anyOf(names: string): string {
  return `(?:${names.trim().replaceAll(/\s+/g, '|')})`;
}

/** `(#match? @code "^(?:a|b)$")`, of names. */
export function oneOf(capture: string, names: string): string {
  return `(#match? ${capture} "^${anyOf(names)}$")`;
}
