import type { CloudRegistry } from './cloud-registry.ts';
import { findGoogleToken } from './google-token.ts';

/** Artifact Registry (`LOCATION-docker.pkg.dev`), and the names of Container Registry that it serves now. */
const googleHost = /^(?:(?:[a-z0-9-]{1,63}\.){0,2}gcr\.io|[a-z0-9][a-z0-9-]{0,61}-docker\.pkg\.dev)$/;

export const googleRegistry: CloudRegistry = {
  id: 'google',
  name: 'Google Cloud',
  claims: (registryHost) => googleHost.test(registryHost),
  async exchange(_registryHost, ambient, signal) {
    const token = await findGoogleToken(ambient, signal);
    if (!token) return undefined;
    // Artifact Registry, "Set up authentication for Docker", "Access token".
    const credential = { kind: 'basic', username: 'oauth2accesstoken', password: token.token } as const;
    return { credential, expires: token.expires };
  },
};
