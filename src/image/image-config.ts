import {
  asArray,
  asObject,
  asString,
  asStringMap,
  asStrings,
  type Digest,
  parseDigest,
  parseInstant,
} from '../base/index.ts';
import type { HistoryStep, ImageConfig, Platform } from '../model/index.ts';
import { ImageError } from './image-error.ts';
import { parseJsonBytes } from './manifest.ts';

export interface ParsedConfig {
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** Lowest layer first. */
  readonly diffIds: readonly Digest[];
}

/**
 * Reads an image configuration (OCI image specification 1.1, config.md), which the caller has bounded and verified.
 * Throws ImageError `bad-manifest` where the list of layers is not one; what else is odd in it is left out.
 */
export function parseImageConfig(bytes: Uint8Array, what: string): ParsedConfig {
  const bad = (why: string): never => {
    throw new ImageError('bad-manifest', `${what} ${why}`);
  };
  const value = asObject(parseJsonBytes(bytes, what)) ?? bad('is not a JSON object');
  const rootfs = asObject(value.rootfs) ?? bad('has no "rootfs"');
  const diffIds = (
    asArray(rootfs.diff_ids) ?? (rootfs.diff_ids == null ? [] : bad('has a list of diff IDs that is none'))
  ).map((item) => parseDigest(asString(item) ?? '') ?? bad('has a diff ID that is no digest'));
  const variant = asString(value.variant);
  return {
    platform: {
      os: asString(value.os) ?? 'linux',
      architecture: asString(value.architecture) ?? 'unknown',
      ...(variant ? { variant } : {}),
    },
    config: parseRuntimeConfig(value),
    diffIds,
  };
}

function parseRuntimeConfig(value: { readonly [key: string]: unknown }): ImageConfig {
  const config = asObject(value.config) ?? {};
  return {
    ...optional('created', parseInstant(asString(value.created) ?? '')),
    ...optional('author', asString(value.author)),
    ...optional('user', asString(config.User)),
    entrypoint: commandOf(config.Entrypoint),
    command: commandOf(config.Cmd),
    environment: asStrings(config.Env),
    ...optional('workingDirectory', asString(config.WorkingDir)),
    exposedPorts: Object.keys(asObject(config.ExposedPorts) ?? {}),
    volumes: Object.keys(asObject(config.Volumes) ?? {}),
    labels: asStringMap(config.Labels),
    ...optional('stopSignal', asString(config.StopSignal)),
    history: (asArray(value.history) ?? []).map(parseHistoryStep),
  };
}

/** Old builders wrote a command as one string. */
function commandOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : asStrings(value);
}

function parseHistoryStep(item: unknown): HistoryStep {
  const step = asObject(item) ?? {};
  return {
    ...optional('created', parseInstant(asString(step.created) ?? '')),
    ...optional('createdBy', asString(step.created_by)),
    ...optional('comment', asString(step.comment)),
    emptyLayer: step.empty_layer === true,
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });
}

/** The build step of each layer, where the history has as many steps that made one as there are layers. */
export function buildSteps(history: readonly HistoryStep[], layerCount: number): readonly (string | undefined)[] {
  const steps = history.filter((step) => !step.emptyLayer);
  return steps.length === layerCount ? steps.map((step) => step.createdBy) : [];
}
