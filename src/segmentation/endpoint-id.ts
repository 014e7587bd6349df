import type { NetworkedContainer } from '../model/index.ts';
import { remember } from './remember.ts';

/** Which endpoint of a model a container is. */
export const endpointIdOf = remember((container: NetworkedContainer) => `${container.engine}:${container.containerId}`);
