import { createUnderWay } from './under-way.ts';

/**
 * Of looks at the same thing that are asked for at once, one is taken for all who came while another was under way. None
 * gets an answer that was begun before it asked: what changed before is seen.
 */
export function shareLooks<Value>(look: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const waiting = new Map<string, Promise<Value>>();
  const underWay = createUnderWay();

  function begin(key: string): Promise<Value> {
    waiting.delete(key);
    return underWay.begin(key, () => look(key));
  }

  return (key) => {
    // At the earliest when all have asked who do so in this turn.
    const next = waiting.get(key) ?? underWay.ended(key).then(() => begin(key));
    waiting.set(key, next);
    return next;
  };
}
