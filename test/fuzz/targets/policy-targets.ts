import { readFileSync } from 'node:fs';
import { canonicalJson } from '../../../src/policy/canonical-json.ts';
import { conditionFault, evaluateCondition } from '../../../src/policy/condition.ts';
import { parseInputFile } from '../../../src/policy/contract/file-format.ts';
import { fileSchemaFault, judgeBySchema } from '../../../src/policy/contract/file-schema.ts';
import { valueFault } from '../../../src/policy/contract/input-type.ts';
import { re2Matches } from '../../../src/policy/contract/re2.ts';
import { inputTypes } from '../../../src/policy/documents/input-contract-document.ts';
import { formatDuration, parseDuration } from '../../../src/policy/duration.ts';
import { formatDocument, PolicyError, parseDocuments } from '../../../src/policy/index.ts';
import { classifyHostPath, compileHostPath, formatHostPath } from '../../../src/policy/launch-rules/host-path.ts';
import { isInRanges, parseNumberRange } from '../../../src/policy/number-range.ts';
import { packageMatches, parsePackagePattern } from '../../../src/policy/package-pattern.ts';
import { isSatisfied, parseLicense } from '../../../src/policy/rules/license-expression.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const page = readFileSync(new URL('../../../docs/reference/documents.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

const fileFormats = ['json', 'yaml', 'properties', 'text'] as const;

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
    covers: [
      'policy/duration.ts',
      'policy/number-range.ts',
      'policy/package-pattern.ts',
      'policy/rules/license-expression.ts',
    ],
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
      const range = parseNumberRange(text);
      if (range && !isInRanges([text], range.to)) throw new FuzzFinding('a range is without its end');
      return {
        duration,
        range,
        matches: pattern && packageMatches(pattern, component),
        free: expression && isSatisfied(expression, (id) => id === 'MIT'),
      };
    },
  },
  {
    name: 'policy/contract',
    covers: ['policy/contract/'],
    seeds: [
      '{"name": "a", "n": [1, null]}',
      'name: a\nn:\n  - 1\n',
      '# x\nname=a\nexport B: c\n',
      'https://a.example:80/x',
      '1h30m',
    ],
    words: ['{', '}', '[', ']', '"', ':', ',', '=', '&a ', '*a', '---\n', '__proto__', '\\', '@', '..', '(a+)+', '\\z'],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      const schema = { type: 'object', properties: { name: { type: 'string', pattern: 'a+' } }, required: ['name'] };
      const files = fileFormats.map((format) => {
        const parsed = parseInputFile(text, format);
        if (parsed && format === 'json') JSON.parse(text);
        return parsed && judgeBySchema(parsed.value, schema);
      });
      const faults = inputTypes.map((type) => valueFault(text, { type, max: 100 }));
      const own = parseInputFile(text, 'json');
      return { files, faults, fault: own && fileSchemaFault(own.value), matches: re2Matches(text.slice(0, 200), text) };
    },
  },
  {
    name: 'policy/host-path',
    covers: ['policy/launch-rules/host-path.ts'],
    seeds: ['/var/run/../run/docker.sock', '/proc/self/task/1/root/srv//data/.', '/var/lib/docker/volumes/a/_data'],
    words: ['/', '..', '.', '/proc/1/root', '/var/run', '/run', 'docker.sock', '/etc', '~', '\0'],
    run(bytes) {
      const path = compileHostPath(Buffer.from(bytes).toString());
      if (!path) return undefined;
      const again = compileHostPath(formatHostPath(path));
      // What was taken away once may have hidden the same again: then the path was through a process.
      if (!again || (formatHostPath(again) !== formatHostPath(path) && !path.throughProcess))
        throw new FuzzFinding('a path is read back as another');
      const kind = classifyHostPath(path, true);
      if (kind !== 'other' && classifyHostPath(path, false) === 'other')
        throw new FuzzFinding('to write is less than to read');
      return { path, kind };
    },
  },
];
