import { globMatches, parseEcosystem } from '../model/index.ts';

/** A package by its name, and where said by its type and its one version. */
export interface PackagePattern {
  readonly ecosystem?: string;
  /** With `*` for any characters but a slash; letters of either case. */
  readonly name: string;
  readonly version?: string;
  /** A package URL is taken as it is, without qualifiers. */
  readonly purl?: string;
}

/** `NAME`, `TYPE:NAME`, either with `@VERSION`, or `pkg:TYPE/NAME[@VERSION]`; undefined for what is none, ranges included. */
export function parsePackagePattern(text: string): PackagePattern | undefined {
  if (text.length > 300 || !/^[\w.+~:/@%*-]+$/.test(text)) return undefined;
  if (/^pkg:/i.test(text)) return /^pkg:[a-z]+\/[^*]+$/.test(text) ? { name: '', purl: text } : undefined;
  const [, type = '', after = ''] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  const ecosystem = type === 'generic' ? 'generic' : parseEcosystem(type);
  const rest = ecosystem === undefined ? text : after;
  const at = rest.lastIndexOf('@');
  const name = at > 0 ? rest.slice(0, at) : rest;
  const version = at > 0 ? rest.slice(at + 1) : undefined;
  if (version === '' || /[:/]$/.test(name) || name.replace(/[*/@:.]/g, '') === '') return undefined;
  return { name, ...(ecosystem === undefined ? {} : { ecosystem }), ...(version === undefined ? {} : { version }) };
}

/** What of a component tells which package it is. */
export interface NamedComponent {
  readonly purl: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly source?: { readonly name: string; readonly version: string } | null;
}

/** Whether a component is the package: by its name, by the artifact of `group:artifact`, or by its source package. */
export function packageMatches(pattern: PackagePattern, component: NamedComponent): boolean {
  if (pattern.purl !== undefined) {
    const [plain = ''] = component.purl.split(/[?#]/);
    return plain === pattern.purl || plain.startsWith(`${pattern.purl}@`);
  }
  if (pattern.ecosystem !== undefined && pattern.ecosystem !== component.ecosystem) return false;
  const names = [component.name, component.name.slice(component.name.indexOf(':') + 1)];
  const wanted = pattern.name.toLowerCase();
  const named = (name: string): boolean => globMatches(wanted, name.toLowerCase());
  if (names.some(named)) return pattern.version === undefined || pattern.version === component.version;
  const { source } = component;
  if (!source || !named(source.name)) return false;
  return pattern.version === undefined || pattern.version === source.version;
}

/** What a package URL says of its component; undefined where it is none. */
export function componentOfPurl(purl: string): NamedComponent | undefined {
  const [, type = '', path = '', written = ''] = /^pkg:([a-z0-9.+-]+)\/([^?#@]+)(?:@([^?#]*))?/.exec(purl) ?? [];
  if (path === '') return undefined;
  const parts = path.split('/').map(decoded);
  const isGrouped = type === 'maven' || type === 'npm' || type === 'golang' || type === 'composer';
  // The namespace of a distribution's package says whose it is, and is no part of its name.
  const name = isGrouped ? parts.join(type === 'maven' ? ':' : '/') : (parts.at(-1) as string);
  return { purl, ecosystem: parseEcosystem(type) ?? type, name, version: decoded(written) };
}

function decoded(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}
