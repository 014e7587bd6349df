import type { LaunchFacts, LaunchUser } from '../../model/index.ts';
import type { LaunchPolicySpec } from '../documents/launch-policy-document.ts';
import { isInRanges } from '../number-range.ts';
import {
  chosen,
  type LaunchRule,
  type LaunchRuleFinding,
  type LaunchRuleResult,
  passes,
  shown,
} from './launch-rule.ts';

/** Above it engines have taken a number for another one, 0 too (CVE-2024-40635). */
const highestId = 2 ** 31 - 1;

type Id = { readonly number: number } | { readonly name: string } | 'overflow';

function idOf(text: string, number: number | undefined): Id {
  if (number !== undefined)
    return Number.isSafeInteger(number) && number >= 0 && number <= highestId ? { number } : 'overflow';
  if (text === '' || text === 'root') return { number: 0 };
  if (/^\d{1,10}$/.test(text) && Number(text) <= highestId) return { number: Number(text) };
  // "+0" and the like: numbers to some readers.
  return /^[+-]?\d+$/.test(text) ? 'overflow' : { name: text };
}

/** Undefined: nobody knows. An exec that names none is the user of its container, which was judged before. */
function userOf({ request, start }: LaunchFacts): LaunchUser | undefined {
  if (request.user) return request.user.value;
  return start ? { text: start.user ?? '' } : undefined;
}

type Settings = NonNullable<LaunchPolicySpec['user']>;

export const user: LaunchRule = {
  id: 'launch/user',
  title: 'It runs as a user that is not allowed',
  remedy: 'Give it a user by number, such as 10001:10001, and an image whose files that user may read',
  evaluate(facts, { user: settings = {} }): LaunchRuleResult {
    const { request } = facts;
    const isSilent = request.action !== 'start' && !request.user;
    if (request.action === 'update' || isSilent) return passes;
    const path = request.user?.path ?? request.image?.path ?? request.path;
    const known = userOf(facts);
    const [userText = '', groupText] = (known?.text ?? '').split(':');
    const results = [
      known ? judgeUser(idOf(userText, known.uid), userText, path, facts, settings) : unknownUser(facts, settings),
      settings.gids && (known || request.groups.length > 0)
        ? judgeGroup(known, groupText, path, settings.gids, settings.named ?? [])
        : passes,
      ...request.groups.map(({ value, path: at }) =>
        settings.gids
          ? judgeId(idOf(value, undefined), 'group', value, at, settings.gids, settings.named ?? [])
          : passes,
      ),
    ];
    const causes = results.flatMap(({ undecided: cause }) => cause ?? []);
    return {
      findings: results.flatMap(({ findings }) => findings),
      ...(causes.length > 0 ? { undecided: causes.slice(0, 5).join('; ') } : {}),
    };
  },
};

function unknownUser({ request }: LaunchFacts, { root, uids, gids }: Settings): LaunchRuleResult {
  // Kubernetes itself looks then, and starts no user 0.
  const isOpen =
    uids !== undefined || gids !== undefined || (root === 'refuse' && request.security.nonRoot?.value !== true);
  return isOpen ? { findings: [], undecided: 'nobody knows the user that the image says' } : passes;
}

function judgeUser(id: Id, text: string, path: string, facts: LaunchFacts, settings: Settings): LaunchRuleResult {
  const { root = 'observe', remapped = false, uids, named = [] } = settings;
  const { namespaces, security } = facts.request;
  if (id === 'overflow' || uids) return judgeId(id, 'user', text, path, uids ?? [], named);
  const hostUid = facts.request.user?.value.hostUid;
  if (hostUid !== undefined && hostUid > 0) return passes;
  if (remapped && !namespaces.some(({ kind }) => kind === 'user')) return passes;
  if ('name' in id)
    return root !== 'refuse' || named.includes(id.name) || security.nonRoot?.value === true
      ? passes
      : { findings: [], undecided: `nobody knows whether the user "${shown(id.name)}" is user 0 in the image` };
  if (id.number !== 0) return passes;
  const finding: LaunchRuleFinding = {
    severity: 'medium',
    path,
    subject: 'user 0',
    evidence: facts.request.user ? 'user 0 was asked for' : 'the image says no other user',
  };
  return { findings: chosen(root, [finding]) };
}

function judgeGroup(
  known: LaunchUser | undefined,
  text: string | undefined,
  path: string,
  gids: readonly string[],
  named: readonly string[],
): LaunchRuleResult {
  if (!known) return passes;
  if (text === undefined && known.gid === undefined)
    return { findings: [], undecided: `nobody knows the group of the user "${shown(known.text)}" in the image` };
  return judgeId(idOf(text ?? '', known.gid), 'group', text ?? String(known.gid), path, gids, named);
}

function judgeId(
  id: Id,
  what: 'user' | 'group',
  text: string,
  path: string,
  allowed: readonly string[],
  named: readonly string[],
): LaunchRuleResult {
  if (id !== 'overflow' && 'name' in id)
    return named.includes(id.name)
      ? passes
      : { findings: [], undecided: `nobody knows the number of the ${what} "${shown(id.name)}" in the image` };
  if (id !== 'overflow' && isInRanges(allowed, id.number)) return passes;
  const evidence =
    id === 'overflow'
      ? 'it is no number that all engines read as the same'
      : `${what} ${id.number} is not among ${allowed.slice(0, 5).join(', ')}`;
  const subject = `${what} ${id === 'overflow' ? shown(text) : id.number}`;
  return { findings: [{ severity: id === 'overflow' ? 'critical' : 'medium', path, subject, evidence }] };
}
