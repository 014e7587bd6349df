import type { InstalledComponent } from '../../../src/model/index.ts';
import { reviewLine } from '../../../src/service/review-line.ts';
import { findUnwanted, parseUnwantedRules, UnwantedError } from '../../../src/service/unwanted.ts';
import { findLanguage } from '../../fakes/languages.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const byDefault = { policies: [], contracts: [], exceptions: [], sets: [{ kind: 'default' }], findLanguage } as const;
const place = { licenses: [], locations: ['/a'], layer: 0 };
const components: readonly InstalledComponent[] = [
  { purl: 'pkg:npm/left-pad@1.3.0', ecosystem: 'npm', name: 'left-pad', version: '1.3.0', ...place },
  { purl: 'pkg:maven/g/a@1.0', ecosystem: 'maven', name: 'g:a', version: '1.0', ...place },
  { purl: 'pkg:generic/busybox@1', ecosystem: 'generic', name: 'busybox', version: '1', ...place },
];

export const serviceTargets: readonly FuzzTarget[] = [
  {
    name: 'service/review-line',
    covers: ['service/review-line.ts', 'service/read-review.ts'],
    seeds: [
      '{"id":1,"rules":["pss:baseline@1.24","input"],"run":"docker run -v /:/host --privileged alpine"}',
      '{"id":"a","docker":{"Image":"a","HostConfig":{"Privileged":true}}}',
      '{"id":"b","compose":{"services":{"web":{"image":"a","privileged":true}}}}',
      '{"id":"c","rules":"pss:restricted,default","pod":{"kind":"Pod","spec":{"containers":[{"name":"a","image":"a"}]}}}',
    ],
    words: [
      '"rules":',
      '"__proto__":{}',
      '"id":',
      '"pod":null',
      '"run":[]',
      'pss:baseline@1.24',
      'null',
      '[',
      '{',
      '\\',
    ],
    run(bytes) {
      const answer = reviewLine(Buffer.from(bytes).toString(), 1, byDefault, 0);
      if (answer.outcome === 'deny' && answer.findings.length === 0) throw new FuzzFinding('refused for no reason');
      if (answer.outcome === 'undecided' && answer.cause === undefined)
        throw new FuzzFinding('undecided for no reason');
      return { outcome: answer.outcome, rules: answer.findings.map(({ rule }) => rule).slice(0, 3) };
    },
  },
  {
    name: 'service/unwanted',
    covers: ['service/unwanted.ts'],
    seeds: ['left-pad <2 # why\npkg:npm/left-pad@1.3.0\n', 'g:a >=1.0 <2\nmaven:a\nbusybox <2'],
    words: ['pkg:', 'npm:', 'left-pad', 'busybox', '<', '>=', '||', ' ', '#', '\n', '@1.3.0', '%2F', '*'],
    refuses: [UnwantedError],
    run(bytes) {
      const rules = parseUnwantedRules(Buffer.from(bytes).toString(), 'rules');
      const found = findUnwanted(components, rules);
      if (found.observations.length + found.problems.length > components.length)
        throw new FuzzFinding('a component is told more than once');
      return { rules, observations: found.observations, problems: found.problems };
    },
  },
];
