import { isDebian, names, randomFrom, versionsOfEach } from './shape.ts';

const modifiedFirst = Date.UTC(2026, 0, 1);

/** How many advisories the feed has; each speaks of one package of the fleet. */
export const advisories = 20_000;

/**
 * The feed as OSV records, a line each. In the `edition` after the first, `changed` of its advisories say another version
 * to be fixed: of each two, one affects a version more than before and one a version less.
 */
export function feedLines(edition: number, changed: number): string {
  const random = randomFrom(45);
  const lines: string[] = [];
  for (let index = 0; index < advisories; index++) {
    const name = index % names;
    const fixed = 1 + random(versionsOfEach - 1);
    const moved = index < changed ? (edition % 2) * (index % 2 === 0 ? 1 : -1) : 0;
    lines.push(
      JSON.stringify(record(index, name, fixed + moved, modifiedFirst + (index < changed ? edition : 0) * 1000)),
    );
  }
  return `${lines.join('\n')}\n`;
}

function record(index: number, name: number, fixed: number, modified: number) {
  const ecosystem = isDebian(name) ? 'Debian:12' : 'npm';
  const suffix = isDebian(name) ? '-2+deb12u1' : '';
  return {
    schema_version: '1.7.0',
    id: `BENCH-2026-${index}`,
    aliases: [`CVE-2026-${10_000 + index}`],
    modified: new Date(modified).toISOString(),
    summary: `A flaw of package-${name}`,
    details: 'What an attacker may do with it, in a few sentences. '.repeat(8),
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    references: [{ type: 'WEB', url: `https://advisories.example.com/${index}` }],
    affected: [
      {
        package: { ecosystem, name: `package-${name}` },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: `1.${fixed}.0${suffix}` }] }],
      },
    ],
  };
}
