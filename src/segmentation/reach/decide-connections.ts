import { intersectSpans, type Span, type Spans, subtractSpans, unionSpans } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  type TrafficDecision,
  type TrafficProtocol,
  type TrafficTable,
  type TrafficTier,
} from '../../model/index.ts';

/** What a table says to some connections, and what of it says so. */
export interface TableAnswer {
  readonly action: 'allow' | 'deny';
  /** Absent where the table has no tier left to ask: refused. */
  readonly tier?: TrafficTier;
  /** Absent where none fits: what the tier says otherwise. */
  readonly decision?: TrafficDecision;
}

/** All connections of a protocol, parted by what is said of them: ascending, each from where it starts to the next. */
export interface PortAnswers {
  readonly starts: readonly number[];
  readonly answers: readonly TableAnswer[];
}

/** How a table fares with one peer. */
export interface TableVerdict {
  readonly allowed: ConnectionSet;
  readonly ports: Readonly<Record<TrafficProtocol, PortAnswers>>;
}

const nothingLeft: TableAnswer = { action: 'deny' };

/**
 * Asks a table about a peer: all connections at once, exactly. `fitting` are the decisions that have the peer, by number:
 * counted from 0 through all tiers, ascending. Takes time in proportion to them and to the spans of their ports.
 */
export function decideConnections(table: TrafficTable, fitting: readonly number[]): TableVerdict {
  const allowed = mapProtocols((protocol) => {
    let spans: Spans<number> = [];
    ask(table, fitting, protocol, (hit, { action }) => {
      if (action === 'allow') spans = unionSpans(spans, hit);
    });
    return spans;
  });
  let ports: TableVerdict['ports'] | undefined;
  return {
    allowed,
    // Who asks for all connections at once does not ask for what says so.
    get ports() {
      ports ??= mapProtocols((protocol) => answersOf(table, fitting, protocol));
      return ports;
    },
  };
}

type Say = (spans: Spans<number>, answer: TableAnswer) => void;

/** Says of all connections of a protocol what is said to them, each once. */
function ask(table: TrafficTable, fitting: readonly number[], protocol: TrafficProtocol, say: Say): void {
  let open = allConnections[protocol];
  let next = 0;
  let first = 0;
  for (const tier of table.tiers) {
    let passed: Spans<number> = [];
    const end = first + tier.decisions.length;
    for (let number = fitting[next]; number !== undefined && number < end; number = fitting[++next]) {
      const decision = tier.decisions[number - first] as TrafficDecision;
      const spoken = decision.connections[protocol];
      if (spoken.length === 0 || open.length === 0) continue;
      const hit = intersectSpans(open, spoken);
      if (hit.length === 0) continue;
      open = subtractSpans(open, hit);
      if (decision.action === 'pass') passed = unionSpans(passed, hit);
      else say(hit, { action: decision.action, tier, decision });
    }
    if (tier.otherwise === 'next') passed = unionSpans(passed, open);
    else say(open, { action: tier.otherwise, tier });
    open = passed;
    first = end;
  }
  say(open, nothingLeft);
}

function answersOf(table: TrafficTable, fitting: readonly number[], protocol: TrafficProtocol): PortAnswers {
  const parts: { readonly span: Span<number>; readonly answer: TableAnswer }[] = [];
  ask(table, fitting, protocol, (spans, answer) => {
    for (const span of spans) parts.push({ span, answer });
  });
  parts.sort((a, b) => a.span.from - b.span.from);
  return { starts: parts.map(({ span }) => span.from), answers: parts.map(({ answer }) => answer) };
}

function mapProtocols<Value>(make: (protocol: TrafficProtocol) => Value): Readonly<Record<TrafficProtocol, Value>> {
  return { tcp: make('tcp'), udp: make('udp'), sctp: make('sctp'), icmp: make('icmp') };
}

/** In logarithmic time. Undefined where there is no such port. */
export function answerAt(
  verdict: Pick<TableVerdict, 'ports'>,
  protocol: TrafficProtocol,
  port: number,
): TableAnswer | undefined {
  if (!Number.isInteger(port) || port < 0 || port > (protocol === 'icmp' ? 255 : 65_535)) return undefined;
  const { starts, answers } = verdict.ports[protocol];
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= port) low = middle;
    else high = middle;
  }
  return answers[low];
}
