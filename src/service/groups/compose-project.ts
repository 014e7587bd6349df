const keys = ['com.docker.compose.project', 'io.podman.compose.project'];

/** The project that compose made a container for. */
export function composeProject(labels: Readonly<Record<string, string>>): string | undefined {
  const key = keys.find((name) => Object.hasOwn(labels, name));
  return key === undefined ? undefined : labels[key];
}
