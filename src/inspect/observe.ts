import type { ImageContents, ImageFacts, Observation, ReplacedRecord } from '../model/index.ts';
import { severityOfCapabilities } from './capability-severity.ts';
import { findSecrets } from './find-secrets.ts';
import { type InspectRuleId, inspectRules, replacedRecordRules } from './rules.ts';

/** More of an image are counted only. */
export const mostObservations = 1000;
const mostOfMode = 50;

export interface Observations {
  readonly items: readonly Observation[];
  /** How many were left out. */
  readonly more: number;
  /** Who else looked, by version. */
  readonly scannedBy: readonly string[];
}

/**
 * What is in an image that is no flaw of a package: what examiners noted, secrets of its configuration and history, modes
 * and devices. The worst first, bounded; never a secret itself.
 */
export function observe(contents: ImageContents, records: readonly ReplacedRecord[] = []): Observations {
  const all = [
    ...records.map(fromRecord),
    ...fromNotes(contents),
    ...fromConfiguration(contents),
    ...fromModes(contents),
  ];
  return { ...worstFirst(all), scannedBy: scannersOf(contents) };
}

/** The facts with what was observed elsewhere, within the same bound. */
export function addObservations(facts: ImageFacts, added: readonly Observation[]): ImageFacts {
  if (added.length === 0) return facts;
  const { items, more } = worstFirst([...(facts.observations ?? []), ...added]);
  const moreObservations = more + (facts.moreObservations ?? 0);
  return { ...facts, observations: items, ...(moreObservations > 0 ? { moreObservations } : {}) };
}

function worstFirst(all: Observation[]): Omit<Observations, 'scannedBy'> {
  const order = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'];
  all.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return { items: all.slice(0, mostObservations), more: Math.max(0, all.length - mostObservations) };
}

/** Each thread of a reading notes it once. */
function scannersOf(contents: ImageContents): readonly string[] {
  const versions = new Set<string>();
  for (const { note } of contents.notes()) if (note.kind === 'scanned') versions.add(String(note.by));
  return [...versions].sort();
}

function fromRecord({ kind, path, layer, detail }: ReplacedRecord): Observation {
  const rule = replacedRecordRules[kind];
  return { rule, severity: inspectRules[rule].severity, confidence: 'certain', path, layer, detail };
}

function* fromNotes(contents: ImageContents): Generator<Observation> {
  for (const { path, layer, isHidden, note } of contents.notes()) {
    if (note.kind !== 'observation') continue;
    const { rule, severity, confidence, detail } = note as unknown as Observation;
    yield { rule, severity, confidence, detail, path, layer, ...(isHidden ? { isHidden } : {}) };
  }
}

function* fromConfiguration({ config, layers }: ImageContents): Generator<Observation> {
  if (!config) return;
  for (const variable of config.environment) yield* inText(variable, 'in the environment');
  for (const [label, value] of Object.entries(config.labels)) yield* inText(value, `in the label ${label}`);
  for (const argument of [...config.entrypoint, ...config.command]) yield* inText(argument, 'in the command');
  const steps = new Set(config.history.flatMap(({ createdBy }) => createdBy ?? []));
  for (const step of steps) {
    const layer = layers.findIndex(({ createdBy }) => createdBy === step);
    for (const found of inText(step, 'in a build step')) yield layer < 0 ? found : { ...found, layer };
  }
}

function* inText(text: string, where: string): Generator<Observation> {
  for (const { rule, confidence, detail } of findSecrets(text, { assignments: true })) {
    yield {
      rule,
      confidence,
      severity: inspectRules[rule].severity,
      detail: `${detail.replace(/, line 1$/, '')}, ${where}`,
    };
  }
}

function* fromModes(contents: ImageContents): Generator<Observation> {
  let writable = 0;
  let devices = 0;
  let capable = 0;
  for (const { path, type, mode, layer, capabilities } of contents.files()) {
    const see = (rule: InspectRuleId, detail: string): Observation => ({
      rule,
      severity: inspectRules[rule].severity,
      confidence: 'certain',
      path,
      layer,
      detail,
    });
    if ((type === 'block-device' || type === 'character-device') && contents.identity && devices++ < mostOfMode)
      yield see('inspect/mode/device', `a ${type.replace('-', ' ')}`);
    if (capabilities && capable++ < mostOfMode)
      yield {
        ...see('inspect/mode/file-capability', capabilities.map((name) => `cap_${name}`).join(', ')),
        severity: severityOfCapabilities(capabilities),
      };
    const isOpen = (mode & 0o002) !== 0 && (type === 'file' || (type === 'directory' && (mode & 0o1000) === 0));
    if (isOpen && writable++ < mostOfMode) yield see('inspect/mode/world-writable', `mode ${mode.toString(8)}`);
  }
}
