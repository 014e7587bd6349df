import { type CodedError, type Log, messageOf } from '../../base/index.ts';
import { LaunchError } from '../../launch/index.ts';
import type { EngineAction, ImageReference } from '../../model/index.ts';
import type { LaunchDecider } from '../../service/index.ts';
import type { EngineNames } from './ask-engine.ts';
import { completeLaunch, type HostKnowledge, resolveOwnPaths } from './complete-launch.ts';
import { DockerGateError } from './docker-gate-error.ts';
import { defaultEngineActions, settingReasons } from './docker-routes.ts';
import { type DockerTarget, matchDockerRoute } from './match-docker-route.ts';
import { type DockerCall, parseDockerCall } from './parse-docker-call.ts';
import { readDockerLaunch } from './read-docker-launch.ts';
import { readParameters, readPulled, readShownBody, refuseBody } from './read-request.ts';
import { rememberLaunches } from './remember-launches.ts';
import { replyMessage } from './reply-message.ts';
import { resolveHostPath } from './resolve-host-path.ts';
import { shareLooks } from './share-looks.ts';

export interface DockerGateSettings {
  /**
   * Of a request that has no one reading, of a route that is not known or refused, and where this gate itself fails.
   * `by-policy`: as the launch service says when it records it; it lets pass where no policy in force refuses anything.
   */
  readonly whenUnreadable: 'deny' | 'by-policy' | 'allow-and-record';
  /** Of a launch that the service could not decide. */
  readonly whenUndecided: 'deny' | 'allow-and-record';
  readonly routes: Partial<Readonly<Record<EngineAction, 'allow' | 'refuse'>>>;
}

export interface DockerGateParts {
  readonly launches: LaunchDecider;
  /** Name of this host. */
  readonly host: string;
  readonly engine: EngineNames;
  readonly images: {
    /** Whether an image may come from a registry to this host. */
    mayPull(
      reference: ImageReference,
    ): Promise<
      { readonly allowed: true } | { readonly allowed: false; readonly reason: string; readonly remedy?: string }
    >;
  };
  /** Asked for each call, so that they may change. */
  settings(): DockerGateSettings;
  /** Where a path of the host leads; throws where that is not sure. */
  resolvePath?(path: string): Promise<string>;
  readonly log: Log;
}

/** A plugin's answer (moby pkg/authorization/api.go, Response). */
export interface DockerReply {
  readonly Allow: boolean;
  readonly Msg?: string;
}

/** Decides on the requests of dockerd's clients, by dockerd's protocol of authorization plugins. */
export interface DockerGate {
  /** `call`: what dockerd sends to /AuthZPlugin.AuthZReq. Never throws: what fails is a denial. */
  answer(call: Uint8Array): Promise<DockerReply>;
}

type Parts = DockerGateParts &
  Required<Pick<HostKnowledge, 'resolvePath' | 'ownPlaces'>> & {
    readonly remember: ReturnType<typeof rememberLaunches>;
  };

const allow: DockerReply = { Allow: true };

export function createDockerGate(given: DockerGateParts): DockerGate {
  const resolvePath = shareLooks(given.resolvePath ?? resolveHostPath);
  const ownPlaces = rememberOwnPlaces({ engine: given.engine, resolvePath });
  const parts = { ...given, resolvePath, ownPlaces, remember: rememberLaunches() };
  return {
    async answer(bytes) {
      let call: DockerCall | undefined;
      try {
        call = parseDockerCall(bytes);
        return await judge(parts, call, matchDockerRoute(call.method, call.uri));
      } catch (error) {
        return refuse(parts, call, error);
      }
    },
  };
}

async function judge(parts: Parts, call: DockerCall, target: DockerTarget): Promise<DockerReply> {
  const { treatment } = target.route;
  if (treatment.as === 'pass') return allow;
  if (treatment.as === 'setting') {
    requireSetting(parts, treatment.setting);
    return allow;
  }
  const query = readParameters(target, treatment.what);
  if (treatment.what === 'start') {
    refuseBody(call);
    if (query.has('checkpoint') || query.has('checkpoint-dir')) requireSetting(parts, 'checkpoint');
    return allow;
  }
  if (treatment.what === 'pull') {
    // Whoever may import may bring any image, by whatever the body says.
    if ((query.get('fromImage') ?? '') === '') {
      requireSetting(parts, 'import');
      return allow;
    }
    refuseBody(call);
    return judgePull(parts, call, readPulled(query));
  }
  return judgeLaunch(parts, call, target, query);
}

async function judgeLaunch(
  parts: Parts,
  call: DockerCall,
  target: DockerTarget,
  query: ReadonlyMap<string, string>,
): Promise<DockerReply> {
  const { launches, host, engine, resolvePath, ownPlaces, remember } = parts;
  const body = readShownBody(call);
  const beside = JSON.stringify([target.route.method, target.route.path, [...target.names], [...query]]);
  const asked = remember(body, beside, () => readDockerLaunch(body, target, query));
  // What starts nothing that can be read is no start that may pass.
  if (asked.requests.length === 0) throw new DockerGateError('bad-request', 'nothing to start can be read of it');
  const set = await completeLaunch(asked, { engine, resolvePath, ownPlaces });
  const { verdict, message } = await launches.decide({ gate: 'docker', set, who: call.who, host });
  if (verdict.outcome === 'allow') return allow;
  if (verdict.outcome === 'undecided' && parts.settings().whenUndecided === 'allow-and-record') return allow;
  if (verdict.outcome === 'deny') return { Allow: false, Msg: replyMessage(message || verdict.findings[0].title) };
  // The client pulls only what the engine says it lacks, and it was not asked.
  const isAbsent = set.requests.some(({ image }) => image !== undefined && image.id === undefined);
  const hint = isAbsent ? 'The image is not on this host: docker pull it first' : '';
  return { Allow: false, Msg: replyMessage(message || verdict.cause, hint) };
}

async function judgePull(parts: DockerGateParts, call: DockerCall, reference: ImageReference): Promise<DockerReply> {
  const answer = await parts.images.mayPull(reference);
  if (answer.allowed) return allow;
  const { reason, remedy } = answer;
  return refuse(parts, call, new DockerGateError('refused-route', reason, remedy === undefined ? {} : { remedy }));
}

function requireSetting(parts: DockerGateParts, setting: EngineAction): void {
  const { routes } = parts.settings();
  if ((routes[setting] ?? defaultEngineActions[setting]) === 'allow') return;
  const { reason, remedy } = settingReasons[setting];
  throw new DockerGateError('refused-route', `${setting} is refused: ${reason}`, { remedy });
}

/** Tells why, and has it remembered. Whatever fails on the way, it is a denial all the same. */
async function refuse(parts: DockerGateParts, call: DockerCall | undefined, error: unknown): Promise<DockerReply> {
  const { log, launches, host } = parts;
  const route = call ? `${call.method} ${call.uri.split('?', 1)[0]}`.slice(0, 200) : undefined;
  const isMeant = error instanceof DockerGateError || error instanceof LaunchError;
  if (!isMeant) log.error({ route, error: messageOf(error) }, 'the docker gate failed');
  const { reason, remedy } = wordsFor(error, isMeant);
  let id = '';
  let observes = false;
  try {
    const { whenUnreadable } = parts.settings();
    observes = whenUnreadable === 'allow-and-record';
    const who = call?.who ?? 'unknown';
    const asked = replyMessage(route === undefined ? reason : `${route}: ${reason}`);
    const recorded = await launches.refuse({ gate: 'docker', who, host, reason: asked });
    id = recorded.id;
    observes ||= whenUnreadable === 'by-policy' && recorded.verdict.outcome === 'allow';
  } catch (failure) {
    log.error({ route, error: messageOf(failure) }, 'a refusal of the docker gate was not recorded');
  }
  if (observes) {
    log.warn({ route, reason: replyMessage(reason) }, 'let through: the docker gate only observes');
    return allow;
  }
  const explained = id === '' ? remedy : `${remedy} (portwarden explain ${id})`;
  return { Allow: false, Msg: replyMessage(reason, explained) };
}

function wordsFor(error: unknown, isMeant: boolean): { readonly reason: string; readonly remedy: string } {
  if (!isMeant)
    return {
      reason: 'gate-failure: Portwarden failed while it looked at the request',
      remedy: 'try again; the log of the agent says what failed',
    };
  const { code, message, remedy } = error as CodedError;
  return { reason: `${code}: ${message}`, remedy: remedy ?? 'send the request as the docker client does' };
}

/** How long it is known where the engine's own paths lead, which root alone can change. Milliseconds. */
const ownFor = 1000;

function rememberOwnPlaces(host: HostKnowledge): () => Promise<readonly string[]> {
  let known: { readonly places: Promise<readonly string[]>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (known && now < known.until) return known.places;
    const places = resolveOwnPaths(host);
    const asked = { places, until: now + ownFor };
    known = asked;
    // What failed is asked again at once.
    places.catch(() => {
      if (known === asked) known = undefined;
    });
    return places;
  };
}
