import { describe, expect, it } from 'vitest';
import { parseDocuments } from '../parse-documents.ts';

function fault(kind: string, spec: unknown): string {
  const text = JSON.stringify({ apiVersion: 'portwarden/v1', kind, metadata: { name: 'a' }, spec }, undefined, 1);
  try {
    parseDocuments(text, 'p.yaml');
    return 'none';
  } catch (error) {
    return String((error as Error).message);
  }
}
const policy = (spec: unknown) => fault('LaunchPolicy', spec);
const contract = (spec: object) => fault('InputContract', { images: ['r.example/a'], ...spec });
const exception = (spec: object) =>
  fault('Exception', {
    owner: 'web',
    reason: 'soon',
    scope: { hosts: ['web-*'] },
    rules: ['launch/privileged'],
    expires: '2026-12-01',
    requested: { by: 'alice', at: '2026-01-01' },
    ...spec,
  });

describe('a launch policy', () => {
  it.each<readonly [string, unknown, string]>([
    ['that is empty', {}, 'none'],
    ['of an unknown setting', { privilegd: 'refuse' }, 'has no field "privilegd"'],
    ['of an unknown choice', { privileged: 'deny' }, 'spec.privileged must be "refuse", "observe" or "allow"'],
    [
      'of a capability with CAP_',
      { capabilities: { allow: ['CAP_KILL'] } },
      'spec.capabilities.allow[0] must be a capability',
    ],
    ['of a range that ends before it begins', { user: { uids: ['9-1'] } }, 'spec.user.uids[0] must be a whole number'],
    ['of a range that is a number', { user: { uids: [9] } }, 'spec.user.uids[0] must be'],
    [
      'of the root of the host',
      { hostPaths: [{ path: '/' }] },
      'spec.hostPaths[0].path must be an absolute path other',
    ],
    ['of a path that climbs', { hostPaths: [{ path: '/srv/../etc' }] }, 'spec.hostPaths[0].path must be'],
    ['of a path with any part', { hostPaths: [{ path: '/srv/*/data' }] }, 'none'],
    ['of any path', { hostPaths: [{ path: '/*' }] }, 'spec.hostPaths[0].path has *'],
    ['of a piece of a part', { hostPaths: [{ path: '/srv/a*' }] }, 'spec.hostPaths[0].path has *'],
    ['of a path with a slash at its end', { hostPaths: [{ path: '/srv/' }] }, 'spec.hostPaths[0].path must be'],
    ['of a registry without a host', { image: { registries: ['team/**'] } }, 'does not begin with a registry'],
    ['of a size that is none', { resources: { maxMemory: '2 gigs' } }, 'spec.resources.maxMemory must be a size'],
    [
      'of a rule of inputs that there is not',
      { inputs: { rules: { 'input/cod': 'allow' } } },
      'has no field "input/cod"',
    ],
    ['of a level that there is not', { podSecurity: { level: 'strict' } }, 'spec.podSecurity.level must be'],
    [
      'of a version that there is not',
      { podSecurity: { level: 'baseline', version: '1.30' } },
      'spec.podSecurity.version must be',
    ],
    [
      'with a condition on what there is not',
      { conditions: [{ name: 'a', expression: 'reqest.name == ""', message: 'm' }] },
      'did you mean "request"?',
    ],
    [
      'with two conditions of a name',
      { conditions: Array(2).fill({ name: 'a', expression: 'true', message: 'm' }) },
      'spec.conditions[1].name is the name of another',
    ],
    ['that excepts everything', { scope: { except: {} } }, 'spec.scope.except excepts every launch'],
    ['of a scope without anything', { scope: { hosts: [] } }, 'spec.scope.hosts is empty'],
  ])('%s', (_, spec, message) => expect(policy(spec)).toContain(message));
});

describe('an input contract', () => {
  it.each<readonly [string, object, string]>([
    ['of an image', {}, 'none'],
    ['of no image', { images: [] }, 'spec.images is empty'],
    ['of a digest', { images: [`sha256:${'a'.repeat(64)}`] }, 'none'],
    ['of a variable that has no name', { environment: { 'A B': {} } }, 'spec.environment has no field "A B"'],
    ['of an enum without values', { environment: { A: { type: 'enum' } } }, 'spec.environment.A.type go together'],
    ['of values without an enum', { environment: { A: { enum: ['a'] } } }, 'spec.environment.A.enum go together'],
    [
      'of a range that is none',
      { environment: { A: { type: 'integer', min: 2, max: 1 } } },
      'spec.environment.A.min is more than "max"',
    ],
    [
      'of a pattern that is not RE2',
      { environment: { A: { pattern: '(?=a)' } } },
      'spec.environment.A.pattern must be a regular expression of RE2',
    ],
    [
      'of a flag that is none',
      { arguments: { allow: [{ flag: 'port' }] } },
      'spec.arguments.allow[0].flag must be a flag',
    ],
    [
      'of a schema that refers',
      { files: { '/a': { format: 'json', schema: { $ref: 'x' } } } },
      'schema has a word that contracts do not know',
    ],
    ['of a schema of a text', { files: { '/a': { format: 'text', schema: {} } } }, 'schema is of a text'],
    ['of a file that has no place', { files: { a: { format: 'json' } } }, 'spec.files has no field "a"'],
    ['of a port that there is not', { ports: [0] }, 'spec.ports[0] must be a whole number from 1 to 65535'],
  ])('%s', (_, spec, message) => expect(contract(spec)).toContain(message));
});

describe('an exception of launches', () => {
  it.each<readonly [string, object, string]>([
    ['by hosts', {}, 'none'],
    ['by a name and a namespace', { scope: { names: ['a'], namespaces: ['b'] } }, 'none'],
    ['by a name alone', { scope: { names: ['a'] } }, 'spec.scope is of whatever is called so'],
    ['by nothing', { scope: {} }, 'spec.scope is of every image'],
    ['from a rule of inputs and of Pods', { rules: ['input/code', 'pod-security/privileged'] }, 'none'],
    ['from a rule of images', { rules: ['launch/user', 'image/age'] }, 'spec.rules[1] is a rule of images'],
    [
      'from a rule of images, by its name',
      { rules: ['image/age'], scope: { digests: [`sha256:${'a'.repeat(64)}`], names: ['a'] } },
      'spec.rules[0] is a rule of images',
    ],
  ])('%s', (_, spec, message) => expect(exception(spec)).toContain(message));
});
