import { formatInstant, type Instant } from '../base/index.ts';
import { type FindLanguage, redacted } from '../input/index.ts';
import type {
  LaunchFacts,
  LaunchFinding,
  LaunchRecord,
  LaunchRequest,
  LaunchStore,
  LaunchVerdict,
} from '../model/index.ts';
import type { LaunchReplay } from '../model/wire/index.ts';
import { isOfValue, judgeContracts, judgeLaunchSet } from '../policy/index.ts';
import { attestedName } from './attested-contract.ts';
import { examine, nameOf } from './gather-launch-facts.ts';
import type { RulesInForce } from './rules-in-force.ts';

const day = 86_400_000;
/** How many are judged again at most. */
const mostReplayed = 100_000;
const page = 500;
const mostTurned = 200;

/**
 * What other rules would have decided of the launches of the last days, from what was known of each then: by the certificates
 * of that time, and from requests without their secrets. Those that turn the same way for the same are counted once.
 */
export async function replayLaunches(
  launches: LaunchStore,
  rules: RulesInForce,
  findLanguage: FindLanguage,
  now: Instant,
  days = 7,
): Promise<LaunchReplay> {
  const turned = new Map<string, LaunchReplay['turned'][number]>();
  let replayed = 0;
  let since: Instant | undefined;
  for (let after: string | undefined; replayed < mostReplayed; ) {
    const records = await launches.since(now - days * day, page, after);
    for (const record of records) {
      if (record.facts.length === 0) continue;
      replayed++;
      since ??= record.at;
      const verdict = judgeAgain(record, rules, findLanguage);
      const [from, to] = [wordOf(record.verdict), wordOf(verdict)];
      if (from === to) continue;
      const key = `${record.facts.map(({ fingerprint }) => fingerprint).join(' ')} ${from} ${to}`;
      const known = turned.get(key);
      if (known) turned.set(key, { ...known, count: known.count + 1 });
      else if (turned.size < mostTurned) turned.set(key, turnOf(record, verdict, from, to));
    }
    after = records.at(-1)?.id;
    if (records.length < page || after === undefined) break;
    // Others wait for the same loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { since: since === undefined ? null : formatInstant(since), replayed, turned: [...turned.values()] };
}

function judgeAgain({ facts, at, host }: LaunchRecord, rules: RulesInForce, findLanguage: FindLanguage): LaunchVerdict {
  const again = facts.map((recorded): LaunchFacts => {
    const { request, start } = recorded;
    const examined = examine(request, rules, start, findLanguage);
    // What was secret, or in a file, is not in the record: what was said of it then still holds.
    const isHidden = hiddenPlaces(request);
    const isKept = ({ rule, path }: LaunchFinding) => secretRules.has(rule) || isHidden(path);
    const kept = recorded.inputs.findings.filter(isKept);
    const inputs = { ...recorded.inputs, findings: [...examined.findings.filter((each) => !isKept(each)), ...kept] };
    const written = judgeContracts(request, nameOf(request, recorded.image), rules.contracts, inputs, start, isHidden);
    const cameWithImage = recorded.contract.state === 'judged' && recorded.contract.name === attestedName;
    const contract = written.state === 'none' && cameWithImage ? recorded.contract : written;
    return {
      ...recorded,
      inputs,
      contract: withHidden(contract, recorded.contract, isHidden),
      host,
      now: at,
    };
  });
  return judgeLaunchSet(again, rules.launchPolicies, rules.exceptions);
}

/** Whether what stood at a path is not in the record. */
export function hiddenPlaces(request: LaunchRequest): (path: string) => boolean {
  const { files, environment, scripts, others, command = [], entrypoint = [] } = request;
  const values = [...environment, ...others, ...command, ...entrypoint, ...scripts.flatMap((each) => each.command)];
  const hidden = [
    ...files.flatMap(({ content, path }) => (content === undefined ? [] : path)),
    ...values.flatMap(({ value, path }) => (value?.includes(redacted) ? path : [])),
  ];
  return (path) =>
    hidden.some((each) => path === each || (path.startsWith(each) && /^[.[:]/.test(path.slice(each.length))));
}

/** With what was said of a value that is not in the record. */
function withHidden(
  now: LaunchFacts['contract'],
  then: LaunchFacts['contract'],
  isHidden: (path: string) => boolean,
): LaunchFacts['contract'] {
  if (now.state === 'none' || now === then) return now;
  return { ...now, findings: [...now.findings, ...saidOfHidden(now.name, then, isHidden)] };
}

/** What a contract had against values that are not in the record, when they were there. */
export function saidOfHidden(
  name: string,
  then: LaunchFacts['contract'],
  isHidden: (path: string) => boolean,
): readonly LaunchFinding[] {
  if (then.state === 'none' || then.name !== name) return [];
  return then.findings.filter(({ path, evidence }) => isHidden(path) && isOfValue(evidence));
}

const secretRules: ReadonlySet<string> = new Set(['input/credential', 'input/weak-password']);

/** What a person sees of a verdict: an observed one lets pass what it would refuse. */
function wordOf(verdict: LaunchVerdict): string {
  if (verdict.outcome !== 'allow') return verdict.outcome;
  return verdict.observed ? 'observed' : 'allow';
}

function turnOf(
  record: LaunchRecord,
  verdict: LaunchVerdict,
  from: string,
  to: string,
): LaunchReplay['turned'][number] {
  const because = verdict.findings.filter(({ excepted }) => !excepted).map(({ rule, path }) => `${rule}: ${path}`);
  const image = record.facts.map(({ request }) => request.image?.value ?? request.name ?? '').join(', ');
  return {
    id: record.id,
    at: formatInstant(record.at),
    image,
    from,
    to,
    because: [...new Set([...because, ...(verdict.cause === undefined ? [] : [verdict.cause])])].slice(0, 10),
    count: 1,
  };
}
