import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../model/wire/index.ts';
import { createEventBus } from './event-bus.ts';

const first: FleetEvent = { type: 'host', host: 'a' };
const second: FleetEvent = { type: 'judged', components: 3 };

describe('createEventBus', () => {
  it('hands each event to every listener in order', () => {
    const bus = createEventBus();
    const [one, two]: FleetEvent[][] = [[], []];
    bus.subscribe((event) => one?.push(event));
    bus.subscribe((event) => two?.push(event));
    bus.publish(first);
    bus.publish(second);
    expect(one).toEqual([first, second]);
    expect(two).toEqual([first, second]);
  });

  it('stops for one subscription alone, also where a function listens twice and while events are handed out', () => {
    const bus = createEventBus();
    const seen: FleetEvent[] = [];
    const listen = (event: FleetEvent) => void seen.push(event);
    const stop = bus.subscribe(listen);
    bus.subscribe((event) => {
      stop();
      listen(event);
    });
    bus.publish(first);
    bus.publish(second);
    stop();
    expect(seen).toEqual([first, first, second]);
  });
});
