import { digestOf, fixedClock, silentLog } from '../../../src/base/index.ts';
import { createDockerGate, createKubernetesGate, createRuntimeGate } from '../../../src/gate/index.ts';
import type { JsonMap } from '../../../src/launch/index.ts';
import {
  type LaunchForm,
  type LaunchImage,
  type LaunchVerdict,
  parseImageReference,
  type Store,
} from '../../../src/model/index.ts';
import type { InputContractDocument, LaunchPolicyDocument } from '../../../src/policy/index.ts';
import { readReview, reviewLaunch, reviewLine } from '../../../src/service/index.ts';
import { createLaunchService, type LaunchDecider } from '../../../src/service/launches.ts';
import { createLaunchRecorder } from '../../../src/service/record-launches.ts';
import { compileRules } from '../../../src/service/rules-in-force.ts';
import { type ReviewChanges, reviewBytes } from '../../fakes/admission-reviews.ts';
import { findLanguage } from '../../fakes/languages.ts';
import { createMemoryLaunches } from '../../fakes/launch-store.ts';
import { launchParts } from '../../fakes/launches.ts';
import { noRegistries } from '../../fakes/no-registries.ts';
import { containerId, dockerRoot } from '../../fakes/oci-configs.ts';
import type { LaunchCase } from './case-builders.ts';
import { composeText, dockerBody, imageId, ociConfig, pinnedImage, podObject, runLine } from './launch-forms.ts';

/** What was said of a launch: outcome, and the rules that refuse. */
export interface Told {
  readonly told: string;
  readonly verdict: Pick<LaunchVerdict, 'outcome' | 'findings' | 'cause'>;
  /** What the gate let its peer do. */
  readonly isLetThrough: boolean;
}

export function tell({ outcome, findings }: Pick<LaunchVerdict, 'outcome' | 'findings'>): string {
  const rules = findings.filter(({ observed, excepted }) => !observed && !excepted).map(({ rule }) => rule);
  return [outcome, ...[...new Set(rules)].sort()].join(' ');
}

const now = Date.parse('2026-06-01T00:00:00Z');

/** The real gates before one real service, with these documents in force. */
export function openGates(policies: readonly LaunchPolicyDocument[], contracts: readonly InputContractDocument[]) {
  const { service, decisions } = openService(policies, contracts);
  const [docker, runtime, kubernetes] = [dockerGate(service), runtimeGate(service), kubernetesGate(service)];
  const gates = {
    docker: (asked: LaunchCase) => docker('/containers/create?name=web', dockerBody(asked)),
    config: (asked: LaunchCase) => runtime('create', ociConfig(asked), asked.image),
    pod: (asked: LaunchCase) => kubernetes({ object: podObject(asked) }),
  };
  const rules = { policies, contracts, exceptions: [], sets: [], findLanguage };

  function decided(isLetThrough: boolean): Told {
    const verdict = decisions.pop();
    if (!verdict) throw new Error('the gate asked nobody');
    return { told: tell(verdict), verdict, isLetThrough };
  }

  async function throughGate(asked: LaunchCase, form: 'docker' | 'config' | 'pod'): Promise<Told> {
    return decided(await gates[form](asked));
  }

  return {
    /** A process in a container that runs, as each gate is asked for it. */
    async exec({ command, docker: body = {}, process = {} }: ExecCase, gate: 'docker' | 'runtime' | 'kubernetes') {
      if (gate === 'docker') return decided(await docker('/containers/web/exec', { Cmd: command, ...body }));
      if (gate === 'runtime') return decided(await runtime('exec', ociProcess(command, process)));
      const object = { kind: 'PodExecOptions', apiVersion: 'v1', stdout: true, container: 'web', command };
      const kind = { group: '', version: 'v1', kind: 'PodExecOptions' };
      return decided(await kubernetes({ operation: 'CONNECT', name: 'web-1', subResource: 'exec', object, kind }));
    },
    /** As its gate asks; of compose and run there is none but `portwarden review`. */
    async ask(asked: LaunchCase, form: LaunchForm): Promise<Told> {
      if (form === 'docker' || form === 'config' || form === 'pod') return throughGate(asked, form);
      const [item, ...others] = readReview(textOf(asked, form), 'case', form);
      if (!item || others.length > 0) throw new Error('it is not one launch');
      const result = reviewLaunch(item, rules, now);
      return { told: tell(result), verdict: result, isLetThrough: result.outcome === 'allow' };
    },
    /** As a line of a batch. */
    review(asked: LaunchCase, form: LaunchForm) {
      return reviewLine(JSON.stringify({ id: 1, [form]: valueOf(asked, form) }), 1, rules, now);
    },
  };
}

function openService(policies: readonly LaunchPolicyDocument[], contracts: readonly InputContractDocument[]) {
  const launches = createMemoryLaunches();
  const parts = launchParts();
  const store = {
    launches,
    images: { get: async () => undefined },
    certificates: { judgementsOf: async () => new Map(), tags: async () => [] },
  } as unknown as Store;
  const rules = compileRules([...policies, ...contracts], 1, noRegistries.trustSources);
  const made = createLaunchService({
    store,
    clock: fixedClock(now),
    log: silentLog,
    host: 'one.example',
    key: parts.launchKey,
    findLanguage: parts.findLanguage,
    book: parts.admissions,
    rules: async () => rules,
    recorder: createLaunchRecorder({ store: launches, log: silentLog }),
    onDecision: () => undefined,
  });
  const decisions: LaunchVerdict[] = [];
  const kept = async (answer: ReturnType<LaunchDecider['decide']>) => {
    const decision = await answer;
    decisions.push(decision.verdict);
    return decision;
  };
  const service: LaunchDecider = {
    decide: (asked) => kept(made.decide(asked)),
    refuse: (asked) => kept(made.refuse(asked)),
  };
  return { service, decisions };
}

export interface ExecCase {
  readonly command: readonly string[];
  /** Of the body, and of process.json. */
  readonly docker?: JsonMap;
  readonly process?: JsonMap;
}

function ociProcess(args: readonly string[], more: JsonMap): JsonMap {
  const { process } = ociConfig({ name: 'exec' });
  return { ...(process as JsonMap), args, ...more };
}

/** dockerd sends a create to its plugin; the engine has the image. */
function dockerGate(launches: LaunchDecider) {
  const gate = createDockerGate({
    launches,
    host: 'one.example',
    engine: {
      inspectImage: async (name) => ({ id: imageId, repoDigests: [digestNameOf(name)] }),
      inspectVolume: async () => undefined,
      ownPaths: async () => ['/var/run/docker.sock', '/var/lib/docker'],
      inspectContainer: async (name) => ({ name, imageId, image: pinnedImage }),
    },
    images: { mayPull: async () => ({ allowed: true }) },
    settings: () => ({ whenUnreadable: 'by-policy', whenUndecided: 'deny', routes: {} }),
    resolvePath: async (path) => path,
    log: silentLog,
  });
  return async (path: string, asked: JsonMap): Promise<boolean> => {
    const body = Buffer.from(JSON.stringify(asked));
    const call = {
      RequestMethod: 'POST',
      RequestUri: `/v1.41${path}`,
      RequestHeaders: { 'Content-Type': 'application/json', 'Content-Length': String(body.length) },
      RequestBody: body.toString('base64'),
    };
    return (await gate.answer(Buffer.from(JSON.stringify(call)))).Allow;
  };
}

function digestNameOf(name: string): string {
  const { registry, repository, digest = digestOf(name) } = parseImageReference(name);
  return `${registry}/${repository}@${digest}`;
}

/** dockerd calls the runtime; its files say of which image the container is. */
function runtimeGate(launches: LaunchDecider) {
  return async (command: 'create' | 'exec', asked: JsonMap, value = pinnedImage): Promise<boolean> => {
    const { digest: _, ...name } = parseImageReference(value);
    const pulled = parseImageReference(digestNameOf(value)).digest;
    const reference = { ...name, ...(pulled === undefined ? {} : { digest: pulled }) };
    const image: LaunchImage = { value, path: '', id: imageId, reference };
    const gate = createRuntimeGate({
      launches,
      host: 'one.example',
      log: silentLog,
      identify: async () => ({ engine: 'docker', name: 'web', labels: {}, image }),
      cgroups: 1,
    });
    const answer = await gate.judge({
      dataRoot: dockerRoot,
      command,
      id: containerId,
      options: [],
      args: [],
      root: '',
      bundle: `/run/containerd/io.containerd.runtime.v2.task/moby/${containerId}`,
      file: Buffer.from(JSON.stringify(asked)),
    });
    return answer.outcome === 'allow';
  };
}

function kubernetesGate(launches: LaunchDecider) {
  const gate = createKubernetesGate({ launches, cluster: 'one.example', clock: fixedClock(now), log: silentLog });
  return async (changes: ReviewChanges): Promise<boolean> => {
    const reply = await gate.validate(reviewBytes(changes), AbortSignal.timeout(10_000));
    return JSON.parse(reply.body).response.allowed === true;
  };
}

function valueOf(asked: LaunchCase, form: LaunchForm): unknown {
  if (form === 'docker') return dockerBody(asked);
  if (form === 'run') return runLine(asked);
  if (form === 'compose') return JSON.parse(composeText(asked));
  return form === 'pod' ? podObject(asked) : ociConfig(asked);
}

function textOf(asked: LaunchCase, form: LaunchForm): string {
  const value = valueOf(asked, form);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
