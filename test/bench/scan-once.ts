/** `node test/bench/scan-once.ts SOURCE` reads an image in a fresh process and prints what it found and took. */
import { createImageReader } from '../../src/image/index.ts';
import { defaultReadLimits, parseSource, platformOfNode } from '../../src/model/index.ts';

const contents = await createImageReader()(parseSource(process.argv[2] as string), {
  platform: platformOfNode(process.arch),
  limits: defaultReadLimits,
  signal: new AbortController().signal,
  wanted: {
    patterns: [
      ...['/etc/os-release', '/usr/lib/os-release', '/var/lib/dpkg/status', '/lib/apk/db/installed'],
      ...['/var/lib/dpkg/status.d/*', '/var/lib/dpkg/info/*', '**/package.json'],
      ...['**/*.dist-info/METADATA', '**/*.egg-info/PKG-INFO'],
    ],
    marks: [{ id: 'go', bytes: Buffer.from('\xff Go buildinf:', 'latin1'), keep: 64 * 1024 }],
  },
});
let entries = 0;
for (const entry of contents.files()) if (entry.path !== '') entries++;
const { user, system } = process.cpuUsage();
const report = { cpuMilliseconds: (user + system) / 1000, entries, problems: contents.problems.length };
process.stdout.write(`${JSON.stringify(report)}\n`);
