import { Type } from 'typebox';
import { DocumentFilesInput, DocumentList, DocumentPlan, DocumentPlanInput } from '../model/wire/index.ts';
import { documentKinds, documentSchema, type PolicyDocumentKind } from '../policy/index.ts';
import type { DocumentService, LoginService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { authorOf } from './author-of.ts';
import type { SessionCookie } from './guard.ts';
import { changing, exactly, guarded, NoContent, NoQuery, type WireServer } from './operation.ts';
import { isUnusableTrust } from './unusable-trust.ts';

const tags = ['Documents'];
/** Documents hold keyrings and certificates. */
const bodyLimit = 4 * 1024 * 1024;
const KindParam = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Registry, TrustRoot, ImagePolicy, LaunchPolicy, InputContract, SecurityGroup, AddressList, Exception',
});
const DocumentParams = Type.Object({ kind: KindParam, name: Type.String({ minLength: 1, maxLength: 253 }) });
const JsonSchema = Type.Object({}, { additionalProperties: true, description: 'JSON Schema, draft 2020-12' });

/** Policy documents: what is in force, what others would change, and putting them in force. */
export function addDocumentRoutes(
  server: WireServer,
  options: { documents: DocumentService; login: LoginService; cookie: SessionCookie },
): void {
  const { documents, login, cookie } = options;

  server.get(
    '/documents',
    {
      schema: {
        operationId: 'listDocuments',
        summary: 'Policy documents that are in force',
        tags,
        querystring: NoQuery,
        response: { 200: DocumentList, ...guarded(400) },
      },
    },
    async () => ({ items: [...(await documents.list())] }),
  );

  server.get(
    '/documents/schemas/:kind',
    {
      schema: {
        operationId: 'getDocumentSchema',
        summary: 'The JSON Schema of a kind of document',
        tags,
        params: Type.Object({ kind: KindParam }),
        querystring: NoQuery,
        response: { 200: JsonSchema, ...guarded(400, 404) },
      },
    },
    async ({ params: { kind } }) => {
      if (Object.hasOwn(documentKinds, kind)) return documentSchema(kind as PolicyDocumentKind);
      throw new ApiError('not-found', `There is no kind of document ${kind}`, {
        remedy: `There are ${Object.keys(documentKinds).join(', ')}`,
      });
    },
  );

  server.post(
    '/documents/plan',
    {
      bodyLimit,
      schema: {
        operationId: 'planDocuments',
        summary: 'What applying documents would change, and which images it would turn; changes nothing',
        tags,
        querystring: NoQuery,
        body: exactly(DocumentPlanInput),
        response: { 200: DocumentPlan, ...changing(400, 413, 415) },
      },
    },
    ({ body: { files, days } }) => documents.plan(files, days).catch(refuseTrustRoot),
  );

  server.put(
    '/documents',
    {
      bodyLimit,
      schema: {
        operationId: 'applyDocuments',
        summary: 'Put documents in force, all or none',
        tags,
        querystring: NoQuery,
        body: exactly(DocumentFilesInput),
        response: { 200: DocumentPlan, ...changing(400, 409, 413, 415) },
      },
    },
    async (request) =>
      documents.apply(request.body.files, await authorOf(request, login, cookie)).catch(refuseTrustRoot),
  );

  server.delete(
    '/documents/:kind/:name',
    {
      schema: {
        operationId: 'removeDocument',
        summary: 'Take a document out of force',
        tags,
        params: DocumentParams,
        querystring: NoQuery,
        response: { 204: NoContent, ...changing(400, 404, 409) },
      },
    },
    async (request, reply) => {
      const { kind, name } = request.params;
      if (await documents.remove(kind, name, await authorOf(request, login, cookie))) return reply.code(204).send();
      throw new ApiError('not-found', `There is no ${kind} ${name}`, { remedy: 'GET /api/v1/documents lists them' });
    },
  );
}

/** A trust root that cannot be used is the fault of its document. */
function refuseTrustRoot(thrown: unknown): never {
  if (!isUnusableTrust(thrown)) throw thrown;
  const { message, remedy } = thrown;
  throw new ApiError('bad-document', message, { cause: thrown, ...(remedy === undefined ? {} : { remedy }) });
}
