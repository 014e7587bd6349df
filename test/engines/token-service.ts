import { execFileSync } from 'node:child_process';
import { sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

export interface TokenService {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** The PEM file that the registry trusts. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/**
 * The service that gives a registry's clients their bearer tokens (distribution: docs/spec/auth/token.md and jwt.md):
 * whoever names the password gets what was asked for, for five minutes.
 */
export async function startTokenService(
  directory: string,
  login: { readonly username: string; readonly password: string },
): Promise<TokenService> {
  const [keyFile, certificate] = [join(directory, 'token.key'), join(directory, 'token.crt')];
  const subject = ['-subj', '/CN=portwarden test tokens', '-days', '2', '-nodes'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', ...subject, '-keyout', keyFile, '-out', certificate],
    {
      stdio: 'pipe',
    },
  );
  const key = readFileSync(keyFile);
  const chain = [new X509Certificate(readFileSync(certificate)).raw.toString('base64')];
  const service = 'portwarden-test-registry';
  const issuer = 'portwarden-test-tokens';
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;

  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.headers.authorization !== expected) {
      response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
      return;
    }
    const scopes = new URL(request.url ?? '/', 'http://tokens').searchParams.getAll('scope');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: login.username,
      aud: service,
      iat: now,
      nbf: now - 10,
      exp: now + 300,
      access: scopes.flatMap((scope) => scope.split(' ')).map(parseScope),
    };
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', x5c: chain })}.${encode(claims)}`;
    const token = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
    response.end(JSON.stringify({ token, expires_in: 300 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    realm: `http://127.0.0.1:${address.port}/token`,
    service,
    issuer,
    certificate,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

/** `repository:NAME:pull,push`; a name may hold colons where it begins with a host and port. */
function parseScope(scope: string): { type: string; name: string; actions: readonly string[] } {
  const [, type = '', name = '', actions = ''] = /^([^:]*):(.*):([^:]*)$/.exec(scope) ?? [];
  return { type, name, actions: actions.split(',') };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
