import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}
interface OpenApi {
  readonly openapi: string;
  readonly info: object;
  readonly security: readonly object[];
  readonly tags: readonly { readonly name: string }[];
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let test: TestApi;
let document: OpenApi;
beforeAll(async () => {
  test = await createTestApi();
  document = (await test.api.inject({ url: '/api/v1/openapi.json' })).json();
});
afterAll(() => test.api.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Every value in the document, with the key that it stands under. */
function* walk(node: unknown, key = ''): Generator<readonly [string, unknown]> {
  yield [key, node];
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) yield* walk(value, name);
}

describe('the OpenAPI document', () => {
  it('is one of version 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Portwarden', version: '1.2.3' });
    expect(Object.keys(document.components.securitySchemes)).toEqual(['session', 'token']);
    expect(document.security).toEqual([{ session: [] }, { token: [] }]);
  });

  it('describes every operation', () => {
    const tags = document.tags.map((tag) => tag.name);
    const identities = operations().map(({ operation }) => operation.operationId);
    expect(identities.length).toBeGreaterThan(20);
    expect(new Set(identities).size).toBe(identities.length);
    for (const { path, operation } of operations()) {
      expect(operation.operationId, path).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary, path).toMatch(/^[A-Z]/);
      expect(tags, path).toContain(operation.tags[0]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(parameters.map((parameter) => parameter.name)).toEqual(inPath);
      expect(parameters.every((parameter) => parameter.required)).toBe(true);
    }
  });

  it('tells how every operation is refused', () => {
    for (const { path, method, operation } of operations()) {
      const replies = Object.entries(operation.responses);
      expect(
        replies.some(([status]) => status.startsWith('2')),
        path,
      ).toBe(true);
      for (const [status, reply] of replies) {
        expect(reply.description, `${path} ${status}`).not.toBe('Default Response');
        if (Number(status) < 400 || path === '/healthz') continue;
        expect(reply.content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/ErrorReply' } } });
      }
      const open = operation.security?.length === 0;
      if (!open) expect(Object.keys(operation.responses), path).toEqual(expect.arrayContaining(['401', '500', '503']));
      if (method !== 'get') expect(Object.keys(operation.responses), path).toContain('403');
    }
  });

  it('leaves these open and no others', () => {
    const open = operations().filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ path, method }) => `${method} ${path}`)).toEqual([
      'post /api/v1/session',
      'get /api/v1/session',
      'get /api/v1/openapi.json',
      'get /healthz',
    ]);
  });

  it('has schemas of JSON Schema 2020-12 only, and no reference that leads nowhere', () => {
    const ajv = new Ajv2020({ strict: false });
    const schemas = [...walk(document)].flatMap(([key, value]) => (key === 'schema' ? [value as object] : []));
    expect(schemas.length).toBeGreaterThan(50);
    for (const schema of [...schemas, ...Object.values(document.components.schemas)]) {
      expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
    }
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    const used = [...walk(document)].flatMap(([key, value]) => (key === '$ref' ? [value] : []));
    expect(new Set(used)).toEqual(new Set(names));
  });

  it('says the replies of the wire contract by name', () => {
    const reply = document.paths['/api/v1/images/{image}']?.['get']?.responses['200'];
    expect(reply?.content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/Passport' } } });
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['ContainerRow', 'ErrorReply', 'FeedInput', 'ImageRow', 'WhoRunsAnswer']),
    );
  });
});

describe('docs/reference/api.md', () => {
  it('lists the operations of the document, all of them and no others', () => {
    const page = readFileSync(new URL('../../docs/reference/api.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `([A-Z]+) (\/\S*)` \|/gm)].map((match) => `${match[1]} ${match[2]}`);
    const served = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(listed.toSorted()).toEqual(served.toSorted());
  });
});
