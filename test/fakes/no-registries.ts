import type { RegistryDesk } from '../../src/service/index.ts';

async function refuse(): Promise<never> {
  throw new Error('this test has no registries');
}

/** Parts of services for tests that certify nothing. */
export const noRegistries = {
  desk: {
    inspect: refuse,
    openImage: () => refuse,
    findSignatures: refuse,
    promote: refuse,
    attest: refuse,
    reader: refuse,
    writer: refuse,
    close: async () => undefined,
  } satisfies RegistryDesk,
  trustSources: { readFile: refuse, readTuf: refuse },
};
