const usual = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * A drop-in of a unit of systemd (systemd.unit(5)) by which the names of runtimes that an engine searches on its PATH lead
 * to the wrappers: dockerd's built-in `runc`, and what clients of containerd take unless they give a path.
 */
export function compileServicePath(folder: string): string {
  // systemd reads % as a specifier, and quotes as a shell would.
  const quoted = `PATH=${folder}:${usual}`.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `# Written by "portwarden runtime install"; "portwarden runtime uninstall" takes it away.
[Service]
Environment="${quoted}"
`;
}
