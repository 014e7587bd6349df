import type { RawAnswer, RawRequest } from './raw-request.ts';

/** What became of an attack. */
export type AttackOutcome =
  /** It was refused, or had no effect; `words` say how. A gate is a plugin that the engine asks. */
  | { readonly state: 'held'; readonly by: 'gate' | 'engine'; readonly words: string }
  /** It took effect; `witness` is what proves it. */
  | { readonly state: 'broken'; readonly witness: string }
  /** There is nothing here that it could be tried on. */
  | { readonly state: 'not-applicable'; readonly reason: string }
  /** Nobody could look. That is no pass. */
  | { readonly state: 'undetermined'; readonly reason: string };

/** One way past the gates of a container host, tried without harm. */
export interface Attack {
  /** A path, `docker/body/key-twice`; a part of it from the left names a family. */
  readonly id: string;
  readonly title: string;
  /** What it would gain, in one line. */
  readonly why: string;
  /** A CVE, an issue, or the paragraph of a standard. */
  readonly reference: string;
  /** Leaves nothing behind. May throw: then nobody could look. */
  run(host: AttackHost, signal: AbortSignal): Promise<AttackOutcome>;
}

/** Either the name of what an attack needs, or why it is not to be had. */
export type Prepared = { readonly name: string } | { readonly missing: string };

/** A host under test, by the socket of its engine. Everything that is made there carries the label of the run. */
export interface AttackHost {
  readonly engine: 'docker' | 'podman';
  readonly socket: string;
  /** Names what this run makes. */
  readonly run: string;
  /** The version of the API for what is no attack: `v1.41`. */
  readonly api: string;
  /** The engine's directory of images and containers. */
  readonly dataRoot: string;
  /** Authorization plugins that the engine asks, in their order. */
  readonly plugins: readonly string[];
  /** Containers have a user namespace of their own. */
  readonly remapsUsers: boolean;
  /** A symlink to /etc, made for this run. */
  readonly link: string;
  /** User ID of this process. */
  readonly uid: number;
  /** Sockets of other engines that a host may have. */
  readonly otherSockets: readonly string[];
  /** The local image of which containers are made, by its name. */
  readonly image: string;
  /** The body of a container that asks for as little as can be, of an image. */
  harmless(image?: string): HarmlessContainer;
  /** A name that nothing has yet. */
  nextName(): string;
  /** Sends bytes as they are given, and gives the last answer. Throws AttackError. */
  send(requests: readonly RawRequest[], signal: AbortSignal): Promise<RawAnswer>;
  /** A GET of the versioned API; undefined where the engine knows no such thing. Throws AttackError. */
  read(path: string, signal: AbortSignal): Promise<unknown>;
  /** Takes a container away that this run made, with its volumes; nothing where it is not there. */
  removeContainer(name: string): Promise<void>;
  removeVolume(name: string): Promise<void>;
  /** An image ID, where this run made that image: it was not there before. */
  ownImage(id: string | undefined): string | undefined;
  /** Takes away a name of an image, not the image of another name; by its ID only what this run made. */
  removeImage(name: string): Promise<void>;
  removeService(name: string): Promise<void>;
  /** A container that was created and not started. */
  waiting(signal: AbortSignal): Promise<Prepared>;
  /** A container that sleeps for some seconds, without any right. */
  running(signal: AbortSignal): Promise<Prepared>;
  /** ID of an image that may not start by its name here, or that came here past every registry. */
  foreignImage(signal: AbortSignal): Promise<Prepared>;
  /** A volume of the local driver that is /etc. */
  disguisedVolume(signal: AbortSignal): Promise<Prepared>;
}

export interface HarmlessContainer {
  readonly Image: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Whatever a run makes carries it, with the name of the run. */
export const attackLabel = 'portwarden.attack-test';
/** What has a name begins so. */
export const namePrefix = 'portwarden-attack-';
/** Repository of names that a run gives to images; `.invalid` is nobody's (RFC 2606). */
export const imagePrefix = 'portwarden.invalid/attack-';
