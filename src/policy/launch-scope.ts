import { globMatches, type ImageName, imageMatches, type LaunchFacts } from '../model/index.ts';
import type { LaunchScope } from './documents/launch-scope.ts';

type Selector = Omit<LaunchScope, 'except'>;

/** What the image may be called: as asked, and as it turned out. None where nobody knows. */
function namesOfImage({ request, image }: LaunchFacts): readonly ImageName[] {
  return [request.image?.reference, image.image].filter((name) => name !== undefined);
}

/**
 * Whether a policy of the scope holds for a launch. Where the repository is not known it does, and nothing is excepted by
 * one: no policy is got out of by hiding the name of an image.
 */
export function isInScope(facts: LaunchFacts, scope: LaunchScope | undefined): boolean {
  if (!scope) return true;
  const { except, ...selector } = scope;
  if (!fits(facts, selector, (match, names) => names.length === 0 || names.some(match))) return false;
  return !except || !fits(facts, except, (match, names) => names.length > 0 && names.every(match));
}

type OfNames = (match: (name: ImageName) => boolean, names: readonly ImageName[]) => boolean;

function fits(facts: LaunchFacts, selector: Selector, ofNames: OfNames): boolean {
  const { request, host } = facts;
  const { workload } = request;
  const { hosts, namespaces, projects, repositories, names, labels } = selector;
  const isOf = (patterns: readonly string[] | undefined, ...texts: readonly (string | undefined)[]): boolean =>
    !patterns || texts.some((text) => text !== undefined && patterns.some((pattern) => globMatches(pattern, text)));
  if (!isOf(hosts, host) || !isOf(namespaces, workload.namespace) || !isOf(projects, workload.project)) return false;
  if (!isOf(names, request.name, workload.name)) return false;
  for (const [key, pattern] of Object.entries(labels ?? {})) {
    const value = Object.hasOwn(workload.labels, key) ? workload.labels[key] : undefined;
    if (!isOf([pattern], value)) return false;
  }
  return (
    !repositories || ofNames((name) => repositories.some((pattern) => imageMatches(pattern, name)), namesOfImage(facts))
  );
}
