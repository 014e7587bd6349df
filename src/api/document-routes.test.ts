import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { CodedError } from '../base/index.ts';
import { documentKinds } from '../policy/index.ts';

let test: TestApi;
beforeAll(async () => {
  test = await createTestApi();
});
afterAll(() => test.api.close());

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
  test.api.inject({ method, url: `/api/v1/documents${url}`, headers: test.bearer, ...(payload ? { payload } : {}) });
const filesOf = (...texts: string[]) => ({ files: texts.map((text, index) => ({ name: `${index}.yaml`, text })) });
const named = async (kind: string, name: string) =>
  (await test.services.documents.list()).find((each) => each.kind === kind && each.name === name);

const policy = 'apiVersion: portwarden/v1\nkind: ImagePolicy\nmetadata: { name: loose }\nspec: {}\n';

describe('documents', () => {
  it('are listed with the state of exceptions, as YAML too', async () => {
    const { items } = (await ask('GET', '')).json();
    expect(items).toEqual(await test.services.documents.list());
    expect(new Set(items.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(Object.keys(documentKinds)));
    const states = items.flatMap(({ state }: { state: string | null }) => state ?? []);
    expect(states.sort()).toEqual([
      'active',
      'expired',
      'requested',
      'void: it was changed after it had been approved',
    ]);
    const root = items.find(({ kind }: { kind: string }) => kind === 'TrustRoot');
    expect(root.text).toContain('kind: TrustRoot\nmetadata:\n  name: pipeline\n');
    // Whatever is shown can be given back, and is what is there.
    const plan = (await ask('POST', '/plan', filesOf(root.text))).json();
    expect(plan.changes).toEqual([{ kind: 'TrustRoot', name: 'pipeline', change: 'none' }]);
  });

  it('are planned without a change, and applied in the name of the token', async () => {
    const expected = { changes: [{ kind: 'ImagePolicy', name: 'loose', change: 'create' }] };
    expect((await ask('POST', '/plan', filesOf(policy))).json()).toMatchObject(expected);
    expect(await named('ImagePolicy', 'loose')).toBeUndefined();
    expect((await ask('PUT', '', filesOf(policy))).json()).toMatchObject(expected);
    expect(await named('ImagePolicy', 'loose')).toMatchObject({ appliedBy: 'test' });
  });

  it('are applied in the name of the console by who is logged in there', async () => {
    const headers = { cookie: await test.logIn(), host: 'localhost', origin: 'http://localhost' };
    const put = (more: object) =>
      test.api.inject({
        method: 'PUT',
        url: '/api/v1/documents',
        headers: { ...headers, ...more },
        payload: filesOf(policy.replace('loose', 'ours')),
      });
    expect((await put({ origin: 'https://elsewhere.example' })).statusCode).toBe(403);
    expect((await put({})).statusCode).toBe(200);
    expect(await named('ImagePolicy', 'ours')).toMatchObject({ appliedBy: 'console' });
  });

  it('tell which images they would turn, and why', async () => {
    const exception = await named('Exception', 'openssl-until-release');
    const text = exception?.text.replace('shop team', 'nobody') ?? '';
    const { changes, effects } = (await ask('POST', '/plan', filesOf(text))).json();
    expect(changes).toMatchObject([{ change: 'change' }]);
    expect(effects.turned).toEqual([
      {
        image: expect.stringContaining('/shop/cart@sha256:'),
        from: 'certified',
        to: 'refused',
        because: [expect.stringContaining('image/vulnerabilities: CVE-2026-1001')],
      },
    ]);
  });

  it('are removed, unless another names them', async () => {
    await ask('PUT', '', filesOf(policy));
    expect((await ask('DELETE', '/ImagePolicy/loose')).statusCode).toBe(204);
    expect((await ask('DELETE', '/ImagePolicy/loose')).json().error.code).toBe('not-found');
    const reply = await ask('DELETE', '/ImagePolicy/production');
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error.code).toBe('bad-document-reference');
  });
});

describe('a document that is none', () => {
  it.each(['plan', 'apply'])('is refused with its place, to %s', async (verb) => {
    const wrong = filesOf(
      policy.replace('loose', 'strict'),
      policy.replace('loose', 'other').replace('spec: {}', 'spec:\n  maxAgee: 30d'),
    );
    const reply = verb === 'plan' ? await ask('POST', '/plan', wrong) : await ask('PUT', '', wrong);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toEqual({
      code: 'bad-document',
      message: expect.stringMatching(/^1\.yaml:5:3: /),
      remedy: expect.stringContaining('maxAge'),
    });
    expect(await named('ImagePolicy', 'strict')).toBeUndefined();
  });

  it.each([
    [{ files: [] }, 400, 'bad-request'],
    [{}, 400, 'bad-request'],
    [{ files: [{ name: 'a', text: policy, mode: 1 }] }, 400, 'bad-request'],
    [{ files: [{ name: 'a', text: policy }], by: 'somebody' }, 400, 'bad-request'],
    [filesOf('x'.repeat(1_048_577)), 400, 'bad-request'],
    [filesOf(...Array.from({ length: 5 }, () => ' '.repeat(1_000_000))), 413, 'request-too-large'],
  ])('is refused by the schema %#', async (input, status, code) => {
    const reply = await ask('POST', '/plan', input);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error.code).toBe(code);
    if (status === 413) expect(reply.json().error.message).toBe('The body is larger than 4096 KB');
  });

  it('takes more than other bodies may have', async () => {
    expect((await ask('POST', '/plan', filesOf(`${policy}#${'x'.repeat(200_000)}`))).statusCode).toBe(200);
  });

  it('is one that names a file which cannot be read', async () => {
    const failure = new CodedError('file-unreadable', '/srv/keys.gpg cannot be read: no such file');
    const { api, bearer } = await createTestApi({
      change: ({ documents }) => ({ documents: { ...documents, plan: () => Promise.reject(failure) } }),
    });
    const url = '/api/v1/documents/plan';
    const reply = await api.inject({ method: 'POST', url, headers: bearer, payload: filesOf(policy) });
    await api.close();
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toEqual({ code: 'bad-document', message: failure.message });
  });
});

describe('GET /documents/schemas/:kind', () => {
  it.each(Object.keys(documentKinds))('gives the JSON Schema of %s', async (kind) => {
    const reply = await ask('GET', `/schemas/${kind}`);
    expect(reply.statusCode).toBe(200);
    const schema = reply.json();
    expect(new Ajv2020({ strict: false }).validateSchema(schema)).toBe(true);
    expect(schema.title).toBe(kind);
    expect(schema.properties.spec.properties).not.toEqual({});
  });

  it.each(['Nothing', 'toString', '__proto__'])('knows no kind %s', async (kind) => {
    const reply = await ask('GET', `/schemas/${kind}`);
    expect(reply.statusCode).toBe(404);
    expect(reply.json().error.remedy).toContain('ImagePolicy');
  });
});
