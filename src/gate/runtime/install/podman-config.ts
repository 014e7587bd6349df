import type { Wrappers } from './docker-config.ts';

/**
 * A file of containers.conf.d (containers.conf(5), ENGINE TABLE) by which the runtimes' own names lead to the wrappers, and
 * nothing else is searched: podman tells by a runtime's name what it can do, so that a name of ours would lose that.
 */
export function compilePodmanConfig(wrappers: Wrappers): string {
  const [first = 'crun'] = ['crun', 'runc'].filter((name) => wrappers.has(name));
  const lines = [...wrappers].map(([name, path]) => `${name} = [${JSON.stringify(path)}]`);
  return `# Written by "portwarden runtime install"; "portwarden runtime uninstall" takes it away.
[engine]
runtime = "${first}"

[engine.runtimes]
${lines.join('\n')}
`;
}
