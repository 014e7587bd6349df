import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest, Instant } from '../base/index.ts';
import type { ObservedContainer } from '../service/index.ts';
import { type ContainerEvent, type ContainerHistory, followEvent } from './container-history.ts';

const imageId = `sha256:${'cd'.repeat(32)}` as Digest;

function container(changes: Partial<ObservedContainer>): ObservedContainer {
  return { containerId: 'c1', name: 'web', imageReference: 'web:1', imageId, labels: {}, running: true, ...changes };
}

describe('an event and what the container looks like by then', () => {
  const created = container({ running: false });
  const cases: readonly {
    it: string;
    history: ContainerHistory;
    event: ContainerEvent;
    seen?: ObservedContainer;
    report?: ObservedContainer;
  }[] = [
    {
      it: 'a start that is as the event says',
      history: {},
      event: { action: 'start', at: 101 },
      seen: container({ started: 100 }),
      report: container({ started: 100 }),
    },
    {
      it: 'a start of what is known to run is no news',
      history: { last: container({ started: 100 }) },
      event: { action: 'start', at: 101 },
      seen: container({ started: 100 }),
    },
    {
      it: 'a start of what is gone already, described by its creation',
      history: { last: created },
      event: { action: 'start', at: 101 },
      report: container({ started: 101 }),
    },
    {
      it: 'a start whose run is over and followed by another waits for its end',
      history: { last: created },
      event: { action: 'start', at: 101 },
      seen: container({ started: 200 }),
    },
    {
      it: 'the end of that run',
      history: { last: created, missedStart: 101 },
      event: { action: 'die', at: 150 },
      seen: container({ started: 200 }),
      report: container({ running: false, started: 101, finished: 150 }),
    },
    {
      it: 'an end takes the time that the engine wrote down',
      history: { last: container({ started: 100 }) },
      event: { action: 'die', at: 151 },
      seen: container({ running: false, started: 100, finished: 150 }),
      report: container({ running: false, started: 100, finished: 150 }),
    },
    {
      it: 'an end of what is gone takes the time of the event',
      history: { last: container({ started: 100 }) },
      event: { action: 'die', at: 151 },
      report: container({ running: false, started: 100, finished: 151 }),
    },
    {
      it: 'an end of what was never seen to run',
      history: {},
      event: { action: 'die', at: 151 },
      seen: container({ running: false, started: 100, finished: 150 }),
      report: container({ running: false, started: 100, finished: 150 }),
    },
    {
      it: 'a new name of what runs',
      history: { last: container({ started: 100 }) },
      event: { action: 'rename', at: 120, name: 'shop' },
      seen: container({ started: 100, name: 'shop' }),
      report: container({ started: 100, name: 'shop' }),
    },
    { it: 'a creation is only kept in mind', history: {}, event: { action: 'create', at: 90 }, seen: created },
  ];
  for (const { it: title, history, event, seen, report } of cases) {
    it(title, () => expect(followEvent(history, event, seen).report).toEqual(report));
  }
});

interface Run {
  readonly started: Instant;
  readonly ended: Instant;
}

/** Runs of one container, one after the other, and for each event how much later it is worked on. */
const stories = fc
  .array(fc.record({ gap: fc.integer({ min: 2, max: 30 }), length: fc.integer({ min: 2, max: 30 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((lengths) => {
    let now = 100;
    const runs: Run[] = lengths.map(({ gap, length }) => {
      const started = now + gap;
      now = started + length;
      return { started, ended: now };
    });
    return fc.record({
      runs: fc.constant(runs),
      delays: fc.array(fc.integer({ min: 1, max: 120 }), {
        minLength: runs.length * 2 + 1,
        maxLength: runs.length * 2 + 1,
      }),
      removedAfter: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    });
  });

describe('any sequence of runs, however late its events are worked on', () => {
  it('is reported run for run, each start and end within the time between its fact and its event', () => {
    fc.assert(
      fc.property(stories, ({ runs, delays, removedAfter }) => {
        const removedAt =
          removedAfter === undefined ? Number.POSITIVE_INFINITY : (runs.at(-1)?.ended ?? 0) + removedAfter;
        const look = (at: Instant): ObservedContainer | undefined => {
          const run = runs.findLast((one) => one.started <= at);
          if (at >= removedAt) return undefined;
          if (!run) return container({ running: false });
          const { started, ended } = run;
          return at < ended ? container({ started }) : container({ running: false, started, finished: ended });
        };
        let history: ContainerHistory = {};
        let now = 0;
        const reported = new Map<Instant, ObservedContainer>();
        // The event of a fact comes a millisecond after it.
        const events = [
          { action: 'create', at: 100 },
          ...runs.flatMap(({ started, ended }) => [
            { action: 'start', at: started + 1 },
            { action: 'die', at: ended + 1 },
          ]),
        ];
        for (const [index, event] of events.entries()) {
          now = Math.max(now, event.at + (delays[index] ?? 0));
          const seen = look(now);
          // What is gone is described by its events.
          if (!seen && !history.last) history = { last: container({ running: false }) };
          const step = followEvent(history, event, seen);
          history = step.history;
          if (step.report?.started !== undefined) reported.set(step.report.started, step.report);
        }
        expect(reported.size).toBe(runs.length);
        const inOrder = [...reported.values()].sort((a, b) => (a.started ?? 0) - (b.started ?? 0));
        for (const [index, report] of inOrder.entries()) {
          const run = runs[index];
          expect([0, 1]).toContain((report.started ?? 0) - (run?.started ?? 0));
          expect([0, 1]).toContain((report.finished ?? 0) - (run?.ended ?? 0));
          expect(report.running).toBe(false);
        }
      }),
    );
  });
});
