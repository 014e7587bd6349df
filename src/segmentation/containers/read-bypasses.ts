import { asArray, asObject, asString } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { parseOutput } from './host-links.ts';
import type { RunTool } from './run-tool.ts';

/** A program in the kernel that may send packets past every rule of a firewall. */
export interface Bypass {
  readonly link: string;
  /** `xdp`, or `tc`: a queueing discipline that classifiers and BPF programs hang on. */
  readonly kind: 'xdp' | 'tc';
}

const maxItems = 400_000;

/**
 * Which interfaces have a program that sees packets before any rule does, and may take them elsewhere (ip-link(8), `xdp`;
 * tc-bpf(8), `clsact`). Of those that are bridges or ports of bridges; the programs themselves are not looked into. Where `tc`
 * is missing, XDP alone is looked for. Rejects with SegmentationError `no-dataplane`.
 */
export async function readBypasses(run: RunTool, bridges: ReadonlySet<string>): Promise<readonly Bypass[]> {
  const links = await run('ip', ['-json', 'link', 'show']);
  const disciplines = await run('tc', ['-json', 'qdisc', 'show']).catch((error: unknown) => {
    if (error instanceof SegmentationError) return '';
    throw error;
  });
  return parseBypasses(links, disciplines, bridges);
}

export function parseBypasses(links: string, disciplines: string, bridges: ReadonlySet<string>): readonly Bypass[] {
  const ours = new Set(bridges);
  const found: Bypass[] = [];
  for (const item of listOf(links, 'ip')) {
    const link = asObject(item);
    const name = asString(link?.ifname);
    if (!link || name === undefined) continue;
    if (bridges.has(asString(link.master) ?? '')) ours.add(name);
    if (ours.has(name) && asObject(link.xdp) !== undefined) found.push({ link: name, kind: 'xdp' });
  }
  const seen = new Set<string>();
  for (const item of listOf(disciplines, 'tc')) {
    const discipline = asObject(item);
    const [kind, name] = [asString(discipline?.kind), asString(discipline?.dev)];
    if (name === undefined || !ours.has(name) || seen.has(name)) continue;
    if (kind !== 'clsact' && kind !== 'ingress') continue;
    seen.add(name);
    found.push({ link: name, kind: 'tc' });
  }
  return found;
}

/** For a person. */
export function explainBypasses(bypasses: readonly Bypass[]): string | undefined {
  if (bypasses.length === 0) return undefined;
  const named = bypasses.slice(0, 5).map(({ link, kind }) => `${link} (${kind})`);
  const more = bypasses.length > 5 ? ` and ${bypasses.length - 5} more` : '';
  return (
    `Programs in the kernel see packets of ${named.join(', ')}${more} before any rule and may send them past all of them: ` +
    'look at them with "tc filter show" and "ip link show".'
  );
}

function listOf(text: string, tool: string): readonly unknown[] {
  const items = asArray(parseOutput(text, tool));
  if (!items || items.length > maxItems) throw new SegmentationError('no-dataplane', `${tool} gave no list`);
  return items;
}
