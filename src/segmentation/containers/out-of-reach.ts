import type { OutOfReach } from '../../model/index.ts';

/** What a person reads of a network in which no rule of ours holds: what is not controlled, and what to do. */
export function outOfReachOf(driver: string, network: string): OutOfReach {
  return { driver, network, message: messages[driver]?.(network) ?? otherDriver(driver, network) };
}

const messages: Readonly<Record<string, (network: string) => string>> = {
  host: () =>
    'It uses the network of the host: no rule holds for its traffic, and it reaches what listens on the loopback ' +
    'addresses of the host. Start it in a bridge network.',
  macvlan: (network) =>
    `The network "${network}" is of driver macvlan: its packets leave by the network card past every bridge, where no ` +
    'rule of this host sees them. Use a bridge network, or filter in the network outside.',
  ipvlan: (network) =>
    `The network "${network}" is of driver ipvlan: its packets leave by the network card past every bridge, where no ` +
    'rule of this host sees them. Use a bridge network, or filter in the network outside.',
  overlay: (network) =>
    `The network "${network}" is an overlay of a swarm: packets between its containers are wrapped and pass no bridge of ` +
    'this host. Use a bridge network, or filter by the groups of the cluster.',
};

function otherDriver(driver: string, network: string): string {
  return (
    `The network "${network}" is of driver ${driver}, whose packets pass no bridge that is known here: no rule holds ` +
    'for them. Use a bridge network.'
  );
}

/** Containers with one network namespace have one address: the kernel cannot tell whose a packet is. */
export function sharedWith(names: readonly string[]): OutOfReach {
  const others = names.join(', ');
  return {
    driver: 'container',
    network: others,
    message:
      `It shares its network with ${others}: packets of theirs cannot be told apart, so that each may what the groups of ` +
      'any of them allow, and between them nothing is controlled. Give it a network of its own.',
  };
}

/** No rule lets anything of it pass, as long as any group is in force. */
export function notBound(network: string, reason: string): OutOfReach {
  return {
    driver: 'bridge',
    network,
    message: `Its end in the network "${network}" is closed: ${reason}.`,
  };
}

/** Engines of users (rootless) make their networks in a namespace of their own. */
export function networkOfUser(networkMode: string): OutOfReach {
  const mode = networkMode === '' ? 'unknown' : networkMode;
  return {
    driver: mode,
    network: mode,
    message:
      `Its network (${mode}) is not connected to a bridge of this host, as that of an engine that runs without root: no ` +
      'rule holds for it. Run the container by the engine of root, in a bridge network.',
  };
}
