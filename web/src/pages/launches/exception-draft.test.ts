import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { draftException } from './exception-draft.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const container = { name: 'web', action: 'start', image: 'nginx:1', digest: null } as const;
const launch = (over: object) =>
  ({ id: 'l1', host: 'one.example', containers: [{ ...container, ...over }] }) as unknown as Parameters<
    typeof draftException
  >[0];
const draft = (over: object = {}) =>
  draftException(launch(over), { rule: 'launch/privileged' }, Date.parse('2026-01-02T03:04:05Z'));

describe('the draft of an exception', () => {
  it('leaves to a person what a person has to say, and to another to approve it', () => {
    expect(parse(draft())).toMatchObject({
      kind: 'Exception',
      metadata: { name: 'launch-privileged-l1' },
      spec: {
        owner: '',
        reason: '',
        rules: ['launch/privileged'],
        expires: '2026-02-01T03:04:05Z',
        requested: { by: '', at: '2026-01-02T03:04:05Z' },
      },
    });
    expect(draft()).not.toContain('approved');
  });

  it.each([
    [{}, { repositories: ['docker.io/library/nginx'] }],
    [{ digest }, { digests: [digest] }],
    [{ image: 'localhost:5000/app@sha256:b' }, { repositories: ['localhost:5000/app'] }],
    [{ image: 'team/app' }, { repositories: ['docker.io/team/app'] }],
    [{ image: '0123456789ab' }, {}],
    [{ image: null }, {}],
  ])('of %o is of %o and of its host alone', (over, images) => {
    expect(parse(draft(over)).spec.scope).toEqual({ ...images, hosts: ['one.example'] });
  });

  it('takes no name for more than a name', () => {
    expect(parse(draftException({ ...launch({}), host: 'a"\nrules: []' }, { rule: 'x' }, 0)).spec.rules).toEqual(['x']);
  });
});
