import type { Store } from '../../../src/model/index.ts';

/** A store that adds up for how long each of its methods was waited for, by `noun.method`. */
export function timedStore(store: Store): { readonly store: Store; take(): Map<string, number> } {
  let times = new Map<string, number>();
  function watched<Target extends object>(target: Target, noun: string): Target {
    return new Proxy(target, {
      get(_, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value === 'object' && value !== null) return watched(value, String(key));
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const start = performance.now();
          const result: unknown = Reflect.apply(value, target, given);
          if (!(result instanceof Promise)) return result;
          return result.then((settled: unknown) => {
            const name = `${noun}.${String(key)}`;
            times.set(name, (times.get(name) ?? 0) + performance.now() - start);
            return name === 'advisories.beginImport' ? watched(settled as object, 'import') : settled;
          });
        };
      },
    });
  }
  return {
    store: watched(store, 'store'),
    take() {
      const taken = times;
      times = new Map();
      return taken;
    },
  };
}
