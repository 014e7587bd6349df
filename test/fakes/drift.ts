import { inspectRules } from '../../src/inspect/index.ts';
import type { ContainerRow, DriftRow } from '../../src/model/wire/index.ts';
import type { DriftService } from '../../src/service/services.ts';
import type { FakeFleet } from './fleet.ts';

const invented = [
  ['inspect/drift/changed-program', '/usr/bin/ssh', 'certain', '1.1 MB'],
  ['inspect/drift/added-program', '/tmp/.cache/helper', 'certain', '4.2 MB; runs as its owner (setuid)'],
  [
    'inspect/drift/added-package',
    'pkg:deb/debian/nmap@7.93%2Bdfsg1-1?distro=debian-12',
    'certain',
    'nmap 7.93+dfsg1-1; the image has none; with 4 programs',
  ],
  ['inspect/malware/miner', '/tmp/.cache/helper', 'likely', 'is XMRig or made of it'],
] as const;

/** A few of the invented containers have drifted. */
export function createFakeDrift(fleet: FakeFleet): DriftService {
  const running = () => fleet.containers.filter(({ ended }) => ended === null);
  const rows = (): DriftRow[] =>
    running()
      .slice(0, 3)
      .flatMap((container, at) => invented.slice(at).map((each) => rowOf(container, each)));
  return {
    async list({ search = '', severity, limit = 100, offset = 0 }) {
      const found = rows().filter(
        (row) =>
          [row.subject, row.container.name, row.container.image].some((text) => text.includes(search)) &&
          (severity === undefined || row.severity === severity),
      );
      const looked = running().length - 1;
      return {
        items: found.slice(offset, offset + limit),
        total: found.length,
        looks: { looked, failed: 1, drifted: 3, running: running().length },
      };
    },
    async look(text) {
      const container = running().find(({ name, id }) => name === text || id.startsWith(text));
      if (!container) return undefined;
      const items = rows().filter((row) => row.container.id === container.id);
      const { id, name, host, engine, image, digest } = container;
      return {
        state: 'looked',
        container: { id, name, host, engine, image, digest },
        message: null,
        seenBy: 'storage',
        appeared: 0,
        items,
        more: 0,
        problems: [],
      };
    },
  };
}

function rowOf(
  { id, name, host, engine, image, digest, started }: ContainerRow,
  [rule, subject, confidence, detail]: (typeof invented)[number],
): DriftRow {
  const { title, remedy, severity } = inspectRules[rule];
  const firstSeen = new Date(Date.parse(started) + 600_000).toISOString();
  return {
    rule,
    title,
    remedy,
    severity,
    confidence,
    subject,
    detail,
    container: { id, name, host, engine, image, digest },
    absentAt: started,
    firstSeen,
    lastSeen: firstSeen,
    changedAt: null,
    goneAt: null,
  };
}
