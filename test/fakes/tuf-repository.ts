import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository of The Update Framework on loopback, with one target, whose parts a test may spoil. */
export interface TufRepository {
  readonly url: string;
  /** The first root.json, which whoever trusts the repository has from elsewhere. */
  readonly root: string;
  /** What is served, by path: a test changes it. */
  readonly files: Map<string, string>;
  /** Publishes the target anew, with the next versions; `change` has the last word on each role before it is signed. */
  publish(target: string, change?: Partial<Record<Role, object>>): void;
  close(): Promise<void>;
}

type Role = 'root' | 'timestamp' | 'snapshot' | 'targets';
const roles: readonly Role[] = ['root', 'timestamp', 'snapshot', 'targets'];

export async function startTufRepository(target: string, rootThreshold = 1): Promise<TufRepository> {
  const keys = new Map(roles.map((role) => [role, generateKeyPairSync('ed25519')]));
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const file = files.get((request.url ?? '').slice(1));
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const keyOf = (role: Role) => describeKey(keys.get(role)?.publicKey as KeyObject);
  const signed = (role: Role, body: object): string => {
    const sig = sign(null, Buffer.from(canonical(body)), keys.get(role)?.privateKey as KeyObject).toString('hex');
    return JSON.stringify({ signed: body, signatures: [{ keyid: keyOf(role).id, sig }] });
  };
  const common = {
    spec_version: '1.0.31',
    expires: new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z/, 'Z'),
  };
  const root = signed('root', {
    ...common,
    _type: 'root',
    version: 1,
    consistent_snapshot: false,
    keys: Object.fromEntries(roles.map((role) => [keyOf(role).id, keyOf(role).key])),
    roles: Object.fromEntries(
      roles.map((role) => [role, { keyids: [keyOf(role).id], threshold: role === 'root' ? rootThreshold : 1 }]),
    ),
  });
  let version = 0;
  const repository: TufRepository = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root,
    files,
    publish(text, change = {}) {
      version++;
      const hashes = { sha256: createHash('sha256').update(text).digest('hex') };
      const targets = { 'trusted_root.json': { length: Buffer.byteLength(text), hashes } };
      files.set('targets/trusted_root.json', text);
      files.set(
        'targets.json',
        signed('targets', { ...common, _type: 'targets', version, targets, ...change.targets }),
      );
      const meta = (name: string) => ({ [name]: { version } });
      files.set(
        'snapshot.json',
        signed('snapshot', { ...common, _type: 'snapshot', version, meta: meta('targets.json'), ...change.snapshot }),
      );
      files.set(
        'timestamp.json',
        signed('timestamp', {
          ...common,
          _type: 'timestamp',
          version,
          meta: meta('snapshot.json'),
          ...change.timestamp,
        }),
      );
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  repository.publish(target);
  return repository;
}

function describeKey(publicKey: KeyObject) {
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
  return { key, id: createHash('sha256').update(canonical(key)).digest('hex') };
}

/** JSON in one way of writing it: keys in order, nothing between (OLPC canonical JSON, as TUF uses it). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
