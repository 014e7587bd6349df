import type { FleetEvent } from '../model/wire/index.ts';
import type { EventBus } from './services.ts';

/** Hands each event to every listener of this process, at once and in order. */
export function createEventBus(): EventBus {
  const listeners = new Set<{ readonly receive: (event: FleetEvent) => void }>();
  return {
    publish(event) {
      for (const listener of listeners) listener.receive(event);
    },
    subscribe(receive) {
      const listener = { receive };
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
