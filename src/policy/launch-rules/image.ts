import { formatInstant, type Instant } from '../../base/index.ts';
import {
  type ImageName,
  imageMatches,
  type LaunchFacts,
  type LaunchImageFacts,
  parseImageReference,
} from '../../model/index.ts';
import type { LaunchPolicySpec } from '../documents/launch-policy-document.ts';
import { parseDuration } from '../duration.ts';
import {
  chosen,
  type LaunchRule,
  type LaunchRuleFinding,
  type LaunchRuleResult,
  passes,
  shown,
  undecided,
} from './launch-rule.ts';

/** A process in a container that runs, or a change of one, is of an image that was judged when it started. */
function isOfImage({ request }: LaunchFacts): boolean {
  return request.action === 'start' || (request.action === 'update' && request.image !== undefined);
}

function isAdmitted({ admitted, now }: LaunchFacts, { restart = {} }: LaunchPolicySpec): boolean {
  if (!admitted || restart.admitted === 'judge' || admitted.at > now) return false;
  const longest = restart.maxAge === undefined ? Infinity : parseDuration(restart.maxAge);
  return longest !== undefined && now - admitted.at <= longest;
}

export const image: LaunchRule = {
  id: 'launch/image',
  title: 'The image is not certified',
  remedy: 'Have the image certified, or start the latest one that is',
  evaluate(facts, spec) {
    const choice = spec.image?.notCertified ?? 'observe';
    if (choice === 'allow') return passes;
    const { request } = facts;
    const known: KnownImage[] = isOfImage(facts)
      ? [{ known: facts.image, path: request.image?.path ?? request.path, subject: request.image?.value ?? '' }]
      : [];
    for (const { type, path, source = '' } of request.mounts) {
      if (type !== 'image') continue;
      const ofVolume = facts.volumeImages?.find((each) => each.path === path)?.image;
      known.push({
        known: ofVolume ?? { state: 'unknown', cause: 'nobody looked at the volume' },
        path,
        subject: source,
      });
    }
    const isRestart = isAdmitted(facts, spec);
    const results = known.map((each) => judgeKnown(each, facts.now, isRestart));
    const causes = results.flatMap(({ undecided: cause }) => cause ?? []);
    return {
      findings: chosen(
        isRestart ? 'observe' : choice,
        results.flatMap(({ findings }) => findings),
      ),
      ...(causes.length > 0 && choice === 'refuse' && !isRestart ? { undecided: causes.join('; ') } : {}),
    };
  },
};

interface KnownImage {
  readonly known: LaunchImageFacts;
  readonly path: string;
  readonly subject: string;
}

function judgeKnown({ known, path, subject }: KnownImage, now: Instant, isRestart: boolean): LaunchRuleResult {
  if (known.state === 'unknown')
    return undecided(`nobody knows whether the image at ${path} is certified: ${shown(known.cause)}`);
  if (known.state === 'certified' && known.expires > now) return passes;
  const evidence =
    known.state === 'certified' ? `its certificate ended at ${formatInstant(known.expires)}` : shown(known.reason);
  const finding: LaunchRuleFinding = {
    severity: 'high',
    path,
    subject: shown(subject),
    evidence: isRestart ? `${evidence}; it was admitted here before` : evidence,
    ...(known.state === 'refused' && known.remedy !== undefined ? { remedy: known.remedy } : {}),
  };
  return { findings: [finding] };
}

export const registry: LaunchRule = {
  id: 'launch/registry',
  title: 'The image comes from elsewhere than is allowed',
  remedy: 'Use an image of an allowed repository, or have its repository listed in the policy',
  evaluate(facts, { image: settings }) {
    const allowed = settings?.registries;
    if (!allowed) return passes;
    const { request, image: known } = facts;
    const findings: LaunchRuleFinding[] = [];
    const causes: string[] = [];
    const judge = (name: ImageName, path: string): void => {
      if (allowed.some((pattern) => imageMatches(pattern, name))) return;
      const subject = shown(`${name.registry}/${name.repository}`);
      findings.push({ severity: 'high', path, subject, evidence: `${subject} is not on the list` });
    };
    if (isOfImage(facts)) {
      const path = request.image?.path ?? request.path;
      // What was asked and what it turned out to be: a local name may be given to any image.
      const names = [request.image?.reference, known.image].filter((name) => name !== undefined);
      for (const name of names) judge(name, path);
      if (names.length === 0)
        causes.push(
          `nobody knows the repository of the image at ${path}: ${request.image?.problem ?? 'it has no name'}`,
        );
    }
    for (const { type, source, path } of request.mounts) {
      if (type !== 'image') continue;
      try {
        judge(parseImageReference(source ?? ''), path);
      } catch {
        // What no engine could read is decided by nobody.
        causes.push(`the image of the volume at ${path} cannot be read`);
      }
    }
    return { findings: firstOfEach(findings), ...(causes.length > 0 ? { undecided: causes.join('; ') } : {}) };
  },
};

function firstOfEach(findings: readonly LaunchRuleFinding[]): readonly LaunchRuleFinding[] {
  return [...new Map(findings.map((each) => [`${each.path} ${each.subject}`, each])).values()];
}

export const pinned: LaunchRule = {
  id: 'launch/pinned',
  title: 'The image is named by what may change its meaning',
  remedy: 'Name it by its digest: registry.example/team/web@sha256:…',
  evaluate(facts, { image: settings }) {
    const { request } = facts;
    const asked = request.image;
    if (!asked || !isOfImage(facts) || asked.id !== undefined || asked.reference?.digest !== undefined) return passes;
    return {
      findings: chosen(settings?.notPinned ?? 'allow', [
        { severity: 'medium', path: asked.path, subject: shown(asked.value), evidence: 'it has no digest' },
      ]),
    };
  },
};
