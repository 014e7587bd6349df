import type { CertificateView, DocumentView, ResolveAnswer } from '../../api/wire.ts';

export interface ResolveChoices {
  readonly channels: readonly string[];
  readonly platforms: readonly string[];
}

/** What may be asked of a repository: channels by the document of its registry, platforms that its images are for. */
export function choicesOf(
  registry: string,
  documents: readonly Pick<DocumentView, 'kind' | 'document'>[],
  certificates: readonly Pick<CertificateView, 'platforms'>[],
  answer: Pick<ResolveAnswer, 'platform'> | undefined,
): ResolveChoices {
  const spec = documents
    .filter(({ kind }) => kind === 'Registry')
    .map(({ document }) => recordOf(document.spec))
    .find(({ host, gate }) => host === registry || textsOf(recordOf(gate).names).includes(registry));
  const platforms = [
    ...textsOf(spec?.platforms),
    ...certificates.flatMap((certificate) => certificate.platforms),
    ...(answer === undefined ? [] : [answer.platform]),
  ];
  // What is asked for where no channel is named; a document may say what that is.
  const channels = Object.keys(recordOf(spec?.channels)).filter((name) => name !== 'latest');
  return { channels: channels.sort(), platforms: [...new Set(platforms)].sort() };
}

/** Documents come as they were written: each part is looked at before it is taken for what it should be. */
const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
