import type { PackageURL } from 'packageurl-js';
import { lazyLibrary } from '../../base/index.ts';
import type { AppliedStatement, Component, StatementRemark, StoredRemark } from '../../model/index.ts';

const packageUrl = lazyLibrary<typeof import('packageurl-js')>('packageurl-js');

/** What a statement may be about: a component, or an image with a component in it. */
export interface StatedProduct {
  readonly component: Component;
  /** Digests by which the image goes: ID, manifest, index. */
  readonly image?: readonly string[];
}

export interface StatementsApplied {
  readonly statements: readonly AppliedStatement[];
  readonly suppressed: boolean;
}

type Statement = StatementRemark & StoredRemark;

/**
 * The statements that are about a flaw in a product, and whether they clear it. Of the statements of one author the
 * latest holds. Where trusted authors contradict each other the worse holds; who is not trusted is shown and changes
 * nothing.
 *
 * A product matches by package URL: type, namespace and name, the version where one is stated, and each qualifier that is
 * stated (OpenVEX 0.2.0, "Product", and CSAF 2.0, 3.1.3.3.4). An image matches by a digest alone, since names of images
 * mean another content tomorrow. Red Hat's platforms match by their CPE, and what is built from a source package by its
 * `arch=src`.
 */
export function applyStatements(product: StatedProduct, remarks: readonly StoredRemark[]): StatementsApplied {
  const latest = new Map<string, Statement>();
  for (const remark of remarks) {
    if (remark.kind !== 'statement' || !isAbout(remark, product)) continue;
    const key = `${remark.feed}\0${remark.author}`;
    const before = latest.get(key);
    if (
      !before ||
      before.statedAt < remark.statedAt ||
      (before.statedAt === remark.statedAt && isWorse(remark, before))
    )
      latest.set(key, remark);
  }
  const statements = [...latest.values()].sort((a, b) => b.statedAt - a.statedAt).map(describe);
  const trusted = statements.filter((statement) => statement.trusted);
  const clears = trusted.length > 0 && trusted.every(({ status }) => status === 'not-affected' || status === 'fixed');
  return { statements, suppressed: clears };
}

const order = ['affected', 'under-investigation', 'fixed', 'not-affected'];

function isWorse(a: Statement, b: Statement): boolean {
  return order.indexOf(a.status) < order.indexOf(b.status);
}

function describe(remark: Statement): AppliedStatement {
  const { status, author, document, feed, trusted, justification, note, statedAt } = remark;
  return {
    status,
    author,
    document,
    feed,
    trusted,
    ...(justification === undefined ? {} : { justification }),
    ...(note === undefined ? {} : { note }),
    statedAt,
  };
}

function isAbout({ products }: StatementRemark, { component, image = [] }: StatedProduct): boolean {
  return products.some(({ identifiers, subcomponents }) => {
    const parts = () => subcomponents.some((part) => part.some((id) => namesComponent(id, component)));
    if (identifiers.some((id) => namesImage(id, image))) return subcomponents.length === 0 || parts();
    if (identifiers.some((id) => namesPlatform(id, component))) return parts();
    return subcomponents.length === 0 && identifiers.some((id) => namesComponent(id, component));
  });
}

function namesImage(identifier: string, digests: readonly string[]): boolean {
  if (!/^pkg:(?:oci|docker)\//.test(identifier)) return false;
  const version = parsePurl(identifier)?.version;
  return typeof version === 'string' && digests.includes(version);
}

/** `cpe:/o:redhat:enterprise_linux:9::baseos`, `cpe:/a:redhat:enterprise_linux:9`. */
function namesPlatform(identifier: string, { distribution }: Component): boolean {
  const [, release] = /^cpe:\/[oa]:redhat:(?:enterprise_linux|rhel_\w+):(\d+)(?:[.:]|$)/.exec(identifier) ?? [];
  return release !== undefined && distribution?.id === 'rhel' && distribution.release === release;
}

function namesComponent(identifier: string, component: Component): boolean {
  const stated = parsePurl(identifier);
  const own = parsePurl(component.purl);
  if (!stated || !own || stated.type !== own.type || (stated.namespace ?? '') !== (own.namespace ?? '')) return false;
  const { arch, ...qualifiers } = stated.qualifiers ?? {};
  const isSource = arch === 'src' || arch === 'source';
  const named = isSource ? component.source : { name: own.name, version: own.version };
  if (!named || named.name.toLowerCase() !== stated.name.toLowerCase()) return false;
  if (stated.version && !isVersion(stated.version, named.version ?? '', qualifiers.epoch)) return false;
  const has = own.qualifiers ?? {};
  if (!isSource && arch && arch !== has.arch) return false;
  return Object.entries(qualifiers).every(([key, value]) => has[key] === value || isHint(key));
}

/** Where it may be got, and what the version says already: no part of what it is. */
function isHint(qualifier: string): boolean {
  return ['repository_url', 'download_url', 'vcs_url', 'checksum', 'file_name', 'epoch'].includes(qualifier);
}

/** rpm's package URLs have the epoch as a qualifier, and its versions have it in front. */
function isVersion(stated: string, version: string, epoch: string | undefined): boolean {
  return stated === version || (epoch !== undefined && `${epoch}:${stated}` === version);
}

const parsed = new Map<string, PackageURL | undefined>();
const parsedLimit = 50_000;

function parsePurl(text: string): PackageURL | undefined {
  if (!text.startsWith('pkg:') || text.length > 2048) return undefined;
  if (parsed.has(text)) return parsed.get(text);
  let purl: PackageURL | undefined;
  try {
    purl = packageUrl().PackageURL.fromString(text);
  } catch {
    // Its errors have no class of their own; a text that is no package URL names nothing.
    purl = undefined;
  }
  if (parsed.size < parsedLimit) parsed.set(text, purl);
  return purl;
}
