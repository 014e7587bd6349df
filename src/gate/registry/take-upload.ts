import { randomBytes } from 'node:crypto';
import { type Log, messageOf, parseDigest } from '../../base/index.ts';
import { ImageError, type UploadSession } from '../../image/index.ts';
import { answer, type Exchange } from './exchange.ts';
import { GateRefusal } from './oci-error.ts';

/** Uploads that go on in this process. What the registry behind calls them is told to nobody. */
export interface Uploads {
  begin(exchange: Exchange, route: { readonly repository: string }): Promise<void>;
  go(exchange: Exchange, route: { readonly repository: string; readonly session: string }): Promise<void>;
  close(): Promise<void>;
}

interface Upload {
  readonly upload: UploadSession;
  readonly owner: string;
  /** Of which registry and repository: a session is good for nothing else. */
  readonly place: string;
  size: number;
  isBusy: boolean;
  usedAt: number;
}

const mostUploads = 1000;
const longestIdle = 30 * 60_000;

export function createUploads(log: Log): Uploads {
  const sessions = new Map<string, Upload>();
  const sweep = setInterval(() => {
    for (const [id, { usedAt, isBusy }] of sessions) if (!isBusy && Date.now() - usedAt > longestIdle) forget(id);
  }, 60_000).unref();

  function forget(id: string): void {
    const session = sessions.get(id);
    sessions.delete(id);
    session?.upload
      .cancel()
      .catch((error: unknown) => log.warn({ error: messageOf(error) }, 'could not give up an upload'));
  }

  async function begin(exchange: Exchange, { repository }: { readonly repository: string }): Promise<void> {
    const { url, registry, gate, principal, signal } = exchange;
    const quarantine = gate.quarantineOf(registry, repository);
    if (quarantine === undefined) {
      throw new GateRefusal(
        'NAME_UNKNOWN',
        `${repository} is no trusted repository of ${registry.metadata.name}; its document lists those`,
      );
    }
    if (sessions.size >= mostUploads)
      throw new GateRefusal('TOOMANYREQUESTS', 'too many uploads go on; try again later');
    const upload = await (await gate.writer(registry, quarantine)).beginUpload(signal);
    const id = randomBytes(24).toString('base64url');
    const place = placeOf(exchange, repository);
    const session: Upload = { upload, owner: principal.name, place, size: 0, isBusy: false, usedAt: Date.now() };
    sessions.set(id, session);
    // A mount is answered as if it were not possible: what lies elsewhere is not this repository's.
    if (url.searchParams.has('digest')) return finish(exchange, repository, id, session);
    answer(exchange, 202, { ...progress(repository, id, 0), 'content-length': 0 });
  }

  async function go(
    exchange: Exchange,
    route: { readonly repository: string; readonly session: string },
  ): Promise<void> {
    const { request, principal } = exchange;
    const { repository, session: id } = route;
    const session = sessions.get(id);
    if (!session || session.owner !== principal.name || session.place !== placeOf(exchange, repository)) {
      throw new GateRefusal('BLOB_UPLOAD_UNKNOWN', 'there is no such upload, or it was given up');
    }
    if (session.isBusy) throw new GateRefusal('BLOB_UPLOAD_INVALID', 'a piece of this upload is being sent already');
    session.usedAt = Date.now();
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return answer(exchange, 204, progress(repository, id, session.size));
      case 'PATCH':
        await append(exchange, id, session);
        return answer(exchange, 202, { ...progress(repository, id, session.size), 'content-length': 0 });
      case 'PUT':
        return finish(exchange, repository, id, session);
      case 'DELETE':
        forget(id);
        return answer(exchange, 204, {});
      default:
        throw new GateRefusal('UNSUPPORTED', `an upload does not go on by ${request.method}`);
    }
  }

  async function append({ request, signal }: Exchange, id: string, session: Upload): Promise<void> {
    const [, from] = /^(\d{1,15})-\d{1,15}$/.exec(request.headers['content-range'] ?? '') ?? [];
    if (from !== undefined && Number(from) !== session.size) {
      throw new GateRefusal('BLOB_UPLOAD_INVALID', `the upload goes on at byte ${session.size}`);
    }
    session.isBusy = true;
    try {
      session.size = await session.upload.append(request, signal);
      session.usedAt = Date.now();
    } catch (error) {
      // Nobody knows how much of a piece that broke off was taken.
      forget(id);
      throw error;
    } finally {
      session.isBusy = false;
    }
  }

  async function finish(exchange: Exchange, repository: string, id: string, session: Upload): Promise<void> {
    const { request, url, signal } = exchange;
    const digest = parseDigest(url.searchParams.get('digest') ?? '');
    if (!digest) throw new GateRefusal('DIGEST_INVALID', 'the digest that the upload is to have is none');
    const hasBody =
      Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined;
    if (hasBody) await append(exchange, id, session);
    session.isBusy = true;
    try {
      await session.upload.finish(digest, signal);
    } catch (error) {
      forget(id);
      const isWrong = error instanceof ImageError && ['bad-response', 'digest-mismatch'].includes(error.code);
      throw isWrong ? new GateRefusal('DIGEST_INVALID', `the registry did not take the upload as ${digest}`) : error;
    }
    sessions.delete(id);
    const location = `/v2/${repository}/blobs/${digest}`;
    answer(exchange, 201, { location, 'docker-content-digest': digest, 'content-length': 0 });
  }

  return {
    begin,
    go,
    async close() {
      clearInterval(sweep);
      await Promise.all([...sessions.values()].map(({ upload }) => upload.cancel().catch(() => undefined)));
      sessions.clear();
    },
  };
}

function placeOf({ registry }: Exchange, repository: string): string {
  return `${registry.spec.host}/${repository}`;
}

function progress(repository: string, id: string, size: number): Record<string, string> {
  return {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, size - 1)}`,
    'docker-upload-uuid': id,
  };
}
