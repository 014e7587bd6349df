/**
 * Of looks at the same thing that are asked for at once, one is taken for all who came while another was under way. None
 * gets an answer that was begun before it asked: what changed before is seen.
 */
export function shareLooks<Value>(look: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const waiting = new Map<string, Promise<Value>>();
  const current = new Map<string, Promise<unknown>>();

  function begin(key: string): Promise<Value> {
    waiting.delete(key);
    const result = look(key);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    current.set(key, settled);
    void settled.then(() => {
      if (current.get(key) === settled) current.delete(key);
    });
    return result;
  }

  return (key) => {
    // At the earliest when all have asked who do so in this turn.
    const before = current.get(key) ?? Promise.resolve();
    const next = waiting.get(key) ?? before.then(() => begin(key));
    waiting.set(key, next);
    return next;
  };
}
