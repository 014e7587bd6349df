import type { ServerResponse } from 'node:http';
import { ImageError } from '../image/index.ts';
import {
  CertificateHistory,
  CertificateHistoryQuery,
  CertificatePage,
  CertificateQuery,
  CertificateView,
  CertificationInput,
  QueueView,
  ResolutionPage,
  ResolutionQuery,
  ResolveAnswer,
  ResolveQuery,
} from '../model/wire/index.ts';
import type { CertificationService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoQuery, type WireServer } from './operation.ts';
import { isUnusableTrust } from './unusable-trust.ts';

const tags = ['Certificates'];

/** What was judged of images, judging one now, and which is the latest that is certified. */
export function addCertificateRoutes(server: WireServer, certification: CertificationService): void {
  const stopped = new AbortController();
  server.addHook('preClose', async () => stopped.abort());

  server.get(
    '/certificates',
    {
      schema: {
        operationId: 'listCertificates',
        summary: 'What was judged of images in trusted repositories, newest first',
        tags,
        querystring: exactly(CertificateQuery),
        response: { 200: CertificatePage, ...guarded(400) },
      },
    },
    (request) => certification.list(request.query),
  );

  server.get(
    '/certificates/history',
    {
      schema: {
        operationId: 'getCertificateHistory',
        summary: 'Every judgement of one image, newest first',
        tags,
        querystring: exactly(CertificateHistoryQuery),
        response: { 200: CertificateHistory, ...guarded(400, 404) },
      },
    },
    async ({ query: { image } }) => {
      const history = await certification.history(image);
      if (history) return { items: [...history] };
      throw new ApiError('not-found', `${image} was never judged`, {
        remedy: 'GET /api/v1/certificates lists what was; name the image by its digest',
      });
    },
  );

  server.get(
    '/certificates/queue',
    {
      schema: {
        operationId: 'getCertificationQueue',
        summary: 'How many images wait to be judged, are being judged and could not be',
        tags,
        querystring: NoQuery,
        response: { 200: QueueView, ...guarded(400) },
      },
    },
    () => certification.queue(),
  );

  server.post(
    '/certificates',
    {
      schema: {
        operationId: 'certifyImage',
        summary: 'Judge an image now and, where it passes, promote it by digest; ends when the caller leaves',
        tags,
        querystring: NoQuery,
        body: exactly(CertificationInput),
        response: { 200: CertificateView, ...changing(400, 404, 409, 413, 415, 502) },
      },
    },
    async ({ body }, reply) => {
      const left = abortWhenGone(reply.raw);
      try {
        return await certification.certify(body, AbortSignal.any([left, stopped.signal]));
      } catch (thrown) {
        if (!(thrown instanceof ImageError) && !isUnusableTrust(thrown)) throw thrown;
        // Nobody is there to be told, and nothing failed: no answer, no line in the log.
        if (left.aborted) return reply.hijack();
        const { message, remedy } = thrown;
        throw new ApiError('registry-failed', message, { cause: thrown, ...(remedy === undefined ? {} : { remedy }) });
      }
    },
  );

  server.get(
    '/resolve',
    {
      schema: {
        operationId: 'resolveImage',
        summary: 'The latest certified image of a repository, and why no newer one was picked',
        tags,
        querystring: exactly(ResolveQuery),
        response: { 200: ResolveAnswer, ...guarded(400, 404) },
      },
    },
    (request) => certification.resolve(request.query),
  );

  server.get(
    '/resolutions',
    {
      schema: {
        operationId: 'listResolutions',
        summary: 'Which image was the latest certified of a repository when, newest first',
        tags,
        querystring: exactly(ResolutionQuery),
        response: { 200: ResolutionPage, ...guarded(400, 404) },
      },
    },
    (request) => certification.resolutions(request.query),
  );
}

/** Aborted when the connection ends before the answer was sent. */
function abortWhenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
