import {
  formatImageReference,
  type MemberSelector,
  type NetworkedContainer,
  parseImageReference,
} from '../../model/index.ts';

/** A group that does not exist yet: its name, and who would be in it. */
export interface SuggestedIdentity {
  readonly name: string;
  readonly members: readonly [MemberSelector];
}

/**
 * A group for each compose service; for what is of none, by image where all containers of the image are of none; else by
 * name. No container is in two, and no selector has a wildcard, whatever labels say. By container ID.
 */
export function suggestIdentities(containers: readonly NetworkedContainer[]): ReadonlyMap<string, SuggestedIdentity> {
  const sorted = containers.toSorted((a, b) => compare(a.name, b.name) || compare(a.containerId, b.containerId));
  const services = new Map(sorted.map((container) => [container.containerId, composeService(container)]));
  const imagesOfServices = new Set(sorted.filter(({ containerId }) => services.get(containerId)).map(imageName));
  const bySelector = new Map<string, SuggestedIdentity>();
  const taken = new Set<string>();
  return new Map(
    sorted.map((container) => {
      const image = imageName(container);
      const selector: MemberSelector =
        services.get(container.containerId) ??
        (image === undefined || imagesOfServices.has(image) ? { name: container.name } : { image });
      const key = JSON.stringify(selector);
      const identity = bySelector.get(key) ?? { name: unused(nameOf(selector), taken), members: [selector] as const };
      bySelector.set(key, identity);
      taken.add(identity.name);
      return [container.containerId, identity] as const;
    }),
  );
}

function composeService({ labels }: NetworkedContainer): MemberSelector | undefined {
  const label = (what: string) => {
    const key = [`com.docker.compose.${what}`, `io.podman.compose.${what}`].find((name) => Object.hasOwn(labels, name));
    return key === undefined ? undefined : labels[key];
  };
  const project = label('project');
  const service = label('service');
  return isPlain(project) && isPlain(service) ? { project, service } : undefined;
}

/** Whoever starts a container chooses its labels: one with a wildcard would be every group's. */
function isPlain(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,200}$/.test(text);
}

function imageName({ imageReference }: NetworkedContainer): string | undefined {
  if (/^(?:sha256:)?[0-9a-f]{12,64}$/.test(imageReference)) return undefined;
  try {
    const { registry, repository } = parseImageReference(imageReference);
    return formatImageReference({ registry, repository });
  } catch {
    // What has no proper reference is told by its name.
    return undefined;
  }
}

function nameOf({ project, service, image, name = 'container' }: MemberSelector): string {
  const text = project !== undefined && service !== undefined ? `${project}-${service}` : (image ?? name);
  const short = image === undefined ? text : text.slice(text.lastIndexOf('/') + 1);
  const name64 = short
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 60)
    .replace(/^[.-]+|[.-]+$/g, '');
  return name64 === '' ? 'container' : name64;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  for (let count = 2, candidate = name; ; count++) {
    if (!taken.has(candidate)) return candidate;
    candidate = `${name.slice(0, 57)}-${count}`;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
