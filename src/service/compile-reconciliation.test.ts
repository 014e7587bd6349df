import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest, Instant } from '../base/index.ts';
import { type Workload, workloadKey } from '../model/index.ts';
import { compileReconciliation } from './compile-reconciliation.ts';
import type { ObservedContainer } from './services.ts';

const host = 'quay-3';
const engine = 'docker';
const imageId = `sha256:${'ab'.repeat(32)}` as Digest;

function container(changes: Partial<ObservedContainer>): ObservedContainer {
  return { containerId: 'c1', name: 'web', imageReference: 'web:1', imageId, labels: {}, running: true, ...changes };
}

function interval(changes: Partial<Workload>): Workload {
  const base = { host, engine, containerId: 'c1', name: 'web', imageReference: 'web:1', imageId, labels: {} } as const;
  return { ...base, started: 10, endedExact: true, ...changes };
}

describe('one engine looked at again', () => {
  const view = { host, engine, lastSeen: 50, at: 60 } as const;
  const cases: readonly {
    it: string;
    open: readonly Workload[];
    observed: readonly ObservedContainer[];
    recorded?: readonly Workload[];
    ended?: readonly (readonly [Instant, boolean])[];
  }[] = [
    {
      it: 'opens what runs and is not known',
      open: [],
      observed: [container({ started: 55 })],
      recorded: [interval({ started: 55 })],
    },
    { it: 'leaves alone what still runs', open: [interval({})], observed: [container({ started: 10 })] },
    {
      it: 'renames what still runs',
      open: [interval({})],
      observed: [container({ started: 10, name: 'shop' })],
      recorded: [interval({ name: 'shop' })],
    },
    {
      it: 'ends at its own end what stopped and is still there',
      open: [interval({})],
      observed: [container({ started: 10, running: false, finished: 58 })],
      ended: [[58, true]],
    },
    { it: 'ends at the last sight what is gone', open: [interval({})], observed: [], ended: [[50, false]] },
    { it: 'never ends a run before it started', open: [interval({ started: 55 })], observed: [], ended: [[55, false]] },
    {
      it: 'ends the run before a restart at the last sight, and opens the new one',
      open: [interval({})],
      observed: [container({ started: 57 })],
      recorded: [interval({ started: 57 })],
      ended: [[50, false]],
    },
    {
      it: 'ends the run before a restart no later than the restart',
      open: [interval({})],
      observed: [container({ started: 45 })],
      recorded: [interval({ started: 45 })],
      ended: [[45, false]],
    },
    {
      it: 'records whole what came and went unseen',
      open: [],
      observed: [container({ started: 52, running: false, finished: 54 })],
      recorded: [interval({ started: 52, ended: 54 })],
    },
    { it: 'records nothing of what was never started', open: [], observed: [container({ running: false })] },
    {
      it: 'ends at the last sight what stopped at a time that the engine does not tell',
      open: [interval({})],
      observed: [container({ started: 10, running: false })],
      ended: [[50, false]],
    },
  ];
  for (const { it: title, open, observed, recorded = [], ended = [] } of cases) {
    it(title, () => {
      const changes = compileReconciliation(open, observed, view);
      expect(changes.recorded).toEqual(recorded);
      expect(changes.ended.map((end) => [end.ended, end.exact])).toEqual(ended);
    });
  }
});

/** An engine as it really is, and everything that ever ran on it. */
class World {
  now: Instant = 1;
  readonly containers = new Map<string, { started?: Instant; finished?: Instant; running: boolean }>();
  readonly truth: { containerId: string; started: Instant; ended?: Instant }[] = [];

  apply({ action, containerId }: Step): void {
    this.now += 10;
    const known = this.containers.get(containerId);
    if (action === 'create' && !known) this.containers.set(containerId, { running: false });
    if (action === 'start' && known && !known.running) {
      Object.assign(known, { running: true, started: this.now });
      this.truth.push({ containerId, started: this.now });
    }
    if ((action === 'stop' || action === 'remove') && known?.running) {
      Object.assign(known, { running: false, finished: this.now });
      const run = this.truth.findLast((one) => one.containerId === containerId);
      if (run) run.ended = this.now;
    }
    if (action === 'remove') this.containers.delete(containerId);
  }

  observe(): readonly ObservedContainer[] {
    return [...this.containers].map(([containerId, { running, started, finished }]) =>
      container({
        containerId,
        running,
        ...(started === undefined ? {} : { started }),
        ...(running || finished === undefined ? {} : { finished }),
      }),
    );
  }
}

/** What the store does with reconciliations. */
class Memory {
  readonly intervals = new Map<string, Workload>();
  lastSeen: Instant = 0;

  look(world: World): void {
    const open = [...this.intervals.values()].filter((one) => one.ended === undefined);
    const view = { host, engine, lastSeen: this.lastSeen, at: world.now } as const;
    const changes = compileReconciliation(open, world.observe(), view);
    for (const { workload, ended, exact } of changes.ended) {
      this.intervals.set(workloadKey(workload), { ...workload, ended, endedExact: exact });
    }
    for (const workload of changes.recorded) this.intervals.set(workloadKey(workload), workload);
    this.lastSeen = world.now;
  }
}

interface Step {
  readonly action: 'create' | 'start' | 'stop' | 'remove';
  readonly containerId: string;
  readonly look: boolean;
}
const steps = fc.array(
  fc.record({
    action: fc.constantFrom('create', 'start', 'start', 'stop', 'remove' as const),
    containerId: fc.constantFrom('a', 'b', 'c'),
    look: fc.boolean(),
  }) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

function replay(played: readonly Step[], looks: (step: Step) => boolean): { world: World; memory: Memory } {
  const world = new World();
  const memory = new Memory();
  for (const step of played) {
    world.apply(step);
    if (looks(step)) memory.look(world);
  }
  memory.look(world);
  return { world, memory };
}

describe('any history of an engine', () => {
  it('looked at after each step is remembered as it was, but for the ends of what was removed while it ran', () => {
    fc.assert(
      fc.property(steps, (played) => {
        const { world, memory } = replay(played, () => true);
        const remembered = [...memory.intervals.values()];
        expect(remembered.map((one) => one.started).sort()).toEqual(world.truth.map((run) => run.started).sort());
        for (const one of remembered) {
          const run = world.truth.find((run) => run.containerId === one.containerId && run.started === one.started);
          if (one.endedExact) expect(one.ended).toBe(run?.ended);
          else expect(one.ended).toBe((run?.ended ?? 0) - 10);
        }
      }),
    );
  });

  it('looked at now and then is remembered in part, and nothing of it is wrong', () => {
    fc.assert(
      fc.property(steps, (played) => {
        const { world, memory } = replay(played, (step) => step.look);
        for (const one of memory.intervals.values()) {
          const run = world.truth.find((run) => run.containerId === one.containerId && run.started === one.started);
          expect(run).toBeDefined();
          if (one.endedExact) expect(one.ended).toBe(run?.ended);
          else {
            expect(one.ended).toBeGreaterThanOrEqual(one.started);
            expect(one.ended).toBeLessThanOrEqual(run?.ended ?? 0);
          }
        }
        const open = [...memory.intervals.values()].filter((one) => one.ended === undefined);
        expect(open.map((one) => one.started).sort()).toEqual(
          world.truth
            .filter((run) => run.ended === undefined)
            .map((run) => run.started)
            .sort(),
        );
      }),
    );
  });

  it('knows the last run of every container that is there, however rarely it was looked at', () => {
    fc.assert(
      fc.property(steps, (played) => {
        const { world, memory } = replay(played, () => false);
        for (const [containerId, { started, finished, running }] of world.containers) {
          if (started === undefined) continue;
          const one = memory.intervals.get(workloadKey({ host, engine, containerId, started }));
          expect(one?.ended).toBe(running ? undefined : finished);
          expect(one?.endedExact).toBe(true);
        }
      }),
    );
  });

  it('looked at twice is the same as once', () => {
    fc.assert(
      fc.property(steps, (played) => {
        const { world, memory } = replay(played, (step) => step.look);
        const before = [...memory.intervals.values()];
        memory.look(world);
        expect([...memory.intervals.values()]).toEqual(before);
      }),
    );
  });
});
