/** What an image was built for, in Go's words (OCI image index, "platform"). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** `os/architecture[/variant]`; undefined where it is none. */
export function parsePlatform(text: string): Platform | undefined {
  const [os, architecture, variant, ...rest] = text.split('/');
  if (!os || !architecture || rest.length > 0 || !/^[a-z0-9/]+$/.test(text)) return undefined;
  return { os, architecture, ...(variant ? { variant } : {}) };
}

export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/');
}

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm', arm64: 'arm64' };

/** The platform of a Node process: `process.arch` in, Go's name out. Containers run on Linux, whatever the client is. */
export function platformOfNode(nodeArchitecture: string): Platform {
  return { os: 'linux', architecture: goArchitectures[nodeArchitecture] ?? nodeArchitecture };
}

/** Whether an image for `offered` runs where `wanted` is asked for. A variant counts only when it is asked for. */
export function platformMatches(wanted: Platform, offered: Platform): boolean {
  return (
    wanted.os === offered.os &&
    wanted.architecture === offered.architecture &&
    (wanted.variant === undefined || offered.variant === undefined || wanted.variant === offered.variant)
  );
}
