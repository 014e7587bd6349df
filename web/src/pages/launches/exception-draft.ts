import type { LaunchDetail, LaunchFindingView } from '../../api/wire.ts';

const day = 86_400_000;

/**
 * An exception from what a rule refuses of a launch, for a person to complete: somebody else has to approve it. As narrow as
 * what was asked: the image by its digest where that is known, otherwise its repository, and the host.
 */
export function draftException(
  launch: Pick<LaunchDetail, 'id' | 'host' | 'containers'>,
  finding: Pick<LaunchFindingView, 'rule'>,
  now: number,
): string {
  const asked = new Date(now).toISOString().slice(0, 19);
  const expires = new Date(now + 30 * day).toISOString().slice(0, 19);
  const digests = [...new Set(launch.containers.flatMap(({ digest }) => digest ?? []))];
  const repositories = [...new Set(launch.containers.flatMap(({ image }) => repositoryOf(image)))];
  const images =
    digests.length > 0 ? list('digests', digests) : repositories.length > 0 ? list('repositories', repositories) : [];
  return [
    'apiVersion: portwarden/v1',
    'kind: Exception',
    'metadata:',
    `  name: ${finding.rule.replaceAll(/[^a-z0-9]+/g, '-')}-${launch.id}`,
    'spec:',
    '  owner: ""',
    '  reason: ""',
    '  scope:',
    ...images,
    ...list('hosts', [launch.host]),
    `  rules: [${finding.rule}]`,
    `  expires: ${expires}Z`,
    '  requested:',
    '    by: ""',
    `    at: ${asked}Z`,
    '',
  ].join('\n');
}

function list(name: string, values: readonly string[]): readonly string[] {
  return [`    ${name}:`, ...values.map((value) => `      - ${JSON.stringify(value)}`)];
}

/** `docker.io` and `library/` written out, as documents name images. */
function repositoryOf(image: string | null): readonly string[] {
  const name = image?.replace(/@.*$/, '').replace(/:[^/:]*$/, '') ?? '';
  if (name === '' || /^[0-9a-f]{12,}$/.test(name)) return [];
  const [first = ''] = name.split('/');
  const hasHost = name.includes('/') && /[.:]|^localhost$/.test(first);
  if (hasHost) return [name];
  return [name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`];
}
