export interface UnderWay {
  /** Resolves once the last that was begun under this key has ended, well or not. */
  ended(key: string): Promise<void>;
  /** Begins it, and gives what comes of it. */
  begin<Value>(key: string, work: () => Promise<Value>): Promise<Value>;
}

/** What was begun under each key and has not ended; nothing is kept of what has. */
export function createUnderWay(): UnderWay {
  const current = new Map<string, Promise<void>>();
  return {
    ended: (key) => current.get(key) ?? Promise.resolve(),
    begin(key, work) {
      const result = work();
      const settled = result.then(
        () => undefined,
        () => undefined,
      );
      current.set(key, settled);
      void settled.then(() => {
        if (current.get(key) === settled) current.delete(key);
      });
      return result;
    },
  };
}
