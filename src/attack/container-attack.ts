import type { Attack, AttackHost, AttackOutcome } from './attack.ts';
import { isByGate, madeIn, oneLine, refusalIn, wordsOf } from './judge-answer.ts';
import type { RawRequest } from './raw-request.ts';

/** What an inspected container, volume … must show for an attack to have taken effect: path and test of the value. */
export type Witness = readonly [path: string, holds: (value: unknown) => boolean];

export const isTrue = (value: unknown): boolean => value === true;
export const isSet = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  JSON.stringify(value) !== '[]' &&
  JSON.stringify(value) !== '{}';

/** The value at a path of names with dots, in what an engine said. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}

/** `HostConfig.Privileged is true`, of the first witness that holds. */
export function findWitness(inspected: unknown, witnesses: readonly Witness[]): string | undefined {
  for (const [path, holds] of witnesses) {
    const value = valueAt(inspected, path);
    if (holds(value)) return `${path} is ${oneLine(JSON.stringify(value) ?? 'unset')}`;
  }
  return undefined;
}

export interface ContainerAttack extends Omit<Attack, 'run'> {
  /** `name` is the one that the container is to have. */
  readonly requests: (host: AttackHost, name: string) => readonly RawRequest[];
  readonly witnesses: readonly Witness[];
}

/** An attack by what a container is created with. It is looked at, never started, and taken away. */
export function containerAttack({ requests, witnesses, ...attack }: ContainerAttack): Attack {
  return {
    ...attack,
    async run(host, signal) {
      const name = host.nextName();
      let id: string | undefined;
      try {
        const answer = await host.send(requests(host, name), signal);
        id = madeIn(answer.body);
        const inspected =
          (await host.read(`/containers/${name}/json`, signal)) ??
          (id === undefined ? undefined : await host.read(`/containers/${id}/json`, signal));
        if (inspected === undefined)
          return refusalIn(answer) ?? { state: 'undetermined', reason: `nothing was made: ${wordsOf(answer)}` };
        const witness = findWitness(inspected, witnesses);
        if (witness !== undefined) return { state: 'broken', witness: `a container was created: ${witness}` };
        return withoutWitness(
          host,
          inspected,
          witnesses.map(([path]) => path),
        );
      } finally {
        await host.removeContainer(name);
        if (id !== undefined) await host.removeContainer(id);
      }
    },
  };
}

export const withoutEffect: AttackOutcome = {
  state: 'held',
  by: 'engine',
  words: 'the engine took the request, and what was hidden in it had no effect',
};

/** Of what was made and shows no effect: only where the engine shows where the effect would be. */
export function withoutWitness(
  { engine }: Pick<AttackHost, 'engine'>,
  inspected: unknown,
  paths: readonly string[],
): AttackOutcome {
  const hidden = paths.find((path) => {
    const value = valueAt(inspected, path);
    // Podman says null of much that it never tells.
    return value === undefined || (engine === 'podman' && value === null);
  });
  if (hidden === undefined) return withoutEffect;
  return { state: 'undetermined', reason: `the engine took the request, and does not show ${hidden} of what it made` };
}

export interface ProbeAttack extends Omit<Attack, 'run'> {
  /** A request that the engine itself refuses, or that does nothing: only whether a gate stands before it is seen. */
  readonly request: (host: AttackHost, name: string) => RawRequest;
}

/** An attack by a route that no client needs; tried with a request that comes to nothing. */
export function probeAttack({ request, ...attack }: ProbeAttack): Attack {
  return {
    ...attack,
    async run(host, signal) {
      const answer = await host.send([request(host, host.nextName())], signal);
      if (isByGate(answer)) return refusalIn(answer) ?? withoutEffect;
      const words = wordsOf(answer);
      if (
        [404, 405].includes(answer.status) &&
        /^(?:(?:404 )?page not found|not found|method not allowed|status 404)$/i.test(words)
      )
        return { state: 'held', by: 'engine', words: 'the engine has no such route' };
      if (answer.status === 501) return { state: 'held', by: 'engine', words };
      if (answer.status === 0) return { state: 'undetermined', reason: 'the connection was closed without an answer' };
      return { state: 'broken', witness: `no gate stands before it: the engine answered ${answer.status}, ${words}` };
    },
  };
}
