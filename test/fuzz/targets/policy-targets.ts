import { readFileSync } from 'node:fs';
import { canonicalJson } from '../../../src/policy/canonical-json.ts';
import { conditionFault, evaluateCondition } from '../../../src/policy/condition.ts';
import { formatDuration, parseDuration } from '../../../src/policy/duration.ts';
import { formatDocument, PolicyError, parseDocuments } from '../../../src/policy/index.ts';
import { packageMatches, parsePackagePattern } from '../../../src/policy/package-pattern.ts';
import { isSatisfied, parseLicense } from '../../../src/policy/rules/license-expression.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const page = readFileSync(new URL('../../../docs/reference/documents.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

export const policyTargets: readonly FuzzTarget[] = [
  {
    name: 'policy/documents',
    covers: ['policy/parse-documents.ts', 'policy/yaml-nodes.ts'],
    seeds: [...examples, examples.join('---\n')],
    words: [
      'kind: ',
      'spec:',
      '---\n',
      '{',
      '}',
      '[',
      ']',
      '- ',
      '? ',
      ': ',
      '&a ',
      '*a',
      '<<: ',
      '!!',
      '%YAML 1.1\n',
      '__proto__:',
      '"',
      "'",
      '|\n',
      '#',
      '\t',
    ],
    refuses: [PolicyError],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      try {
        const documents = parseDocuments(text, 'fuzz.yaml');
        const again = parseDocuments(documents.map(formatDocument).join('---\n'), 'again.yaml');
        if (canonicalJson(again) !== canonicalJson(documents))
          throw new FuzzFinding('a document is read back as another');
        return documents;
      } catch (error) {
        if (error instanceof PolicyError && !/^(?:fuzz|again)\.yaml:\d+:\d+: \S/.test(error.message))
          throw new FuzzFinding(`an error does not begin with its place: ${error.message}`);
        if (error instanceof PolicyError && error.message.startsWith('again'))
          throw new FuzzFinding(`what was written is refused: ${error.message}`);
        throw error;
      }
    },
  },
  {
    name: 'policy/condition',
    covers: ['policy/condition.ts'],
    seeds: [
      'image.all(x, x.exists(y, y == "a"))',
      'has(image.tag) && now > timestamp("2026-01-01T00:00:00Z") || size(signers) > 1',
    ],
    words: [
      'image',
      'passport',
      '.exists(x, ',
      '.all(y, ',
      '.map(z, ',
      ')',
      '[',
      ']',
      '{',
      '}',
      '?',
      ':',
      '&&',
      '||',
      '"',
      '1.0',
      '.matches("(a+)+")',
      '+',
    ],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      const fault = conditionFault(text, 'image');
      const result = evaluateCondition(text, 'image', { image: [['a'], ['b', 'c']], passport: { a: 1 }, signers: [] });
      if (fault !== undefined && typeof result !== 'object') throw new FuzzFinding('what is refused is evaluated');
      return { fault: fault?.slice(0, 20), result };
    },
  },
  {
    name: 'policy/words',
    covers: ['policy/duration.ts', 'policy/package-pattern.ts', 'policy/rules/license-expression.ts'],
    seeds: ['1d12h30m5s', 'npm:@a/b*@1.0', 'MIT OR (GPL-2.0-only WITH Classpath-exception-2.0 AND BSD-3-Clause)'],
    words: ['d', 'h', '@', 'pkg:npm/', '*', '(', ')', ' OR ', ' AND ', ' WITH '],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      const duration = parseDuration(text);
      if (duration !== undefined && parseDuration(formatDuration(duration)) !== duration)
        throw new FuzzFinding('a duration is read back as another');
      const pattern = parsePackagePattern(text);
      const component = { purl: 'pkg:npm/a@1', ecosystem: 'npm', name: 'a', version: '1', source: null };
      const expression = parseLicense(text);
      return {
        duration,
        matches: pattern && packageMatches(pattern, component),
        free: expression && isSatisfied(expression, (id) => id === 'MIT'),
      };
    },
  },
];
