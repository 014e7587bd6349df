/**
 * Names that engines give to bridges of their own accord, closed from before the engine makes them: docker's first and that of
 * its swarm, podman's of netavark and of CNI. Those of networks that users made of docker are `br-` and twelve digits, as a
 * bridge of somebody else may be called (`br-lan`): these are closed by name, once they were seen.
 */
export const engineBridges: readonly string[] = ['cni-podman*', 'docker0', 'docker_gwbridge', 'podman*'];
