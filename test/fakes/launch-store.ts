import type { LaunchRecord, LaunchStore, LaunchTicket, StartedLaunch } from '../../src/model/index.ts';

/** The store's contract for launches, in memory, for what needs no database. */
export function createMemoryLaunches(
  given: readonly LaunchRecord[] = [],
  waiting: readonly LaunchTicket[] = [],
): LaunchStore {
  const records = [...given];
  const starts: StartedLaunch[] = [];
  let tickets = [...waiting];
  const newest = () => records.toSorted((a, b) => b.at - a.at);
  const ofPrint = (print: string) => tickets.findLast(({ fingerprint }) => fingerprint === print);
  return {
    async record(added, started) {
      records.push(...added);
      starts.push(...started);
    },
    get: async (id) => records.find((record) => record.id === id),
    async list({ limit, offset, outcome, gate, host, observed, text }) {
      const found = newest().filter((record) => {
        const names = record.facts.map(({ request }) => request.image?.value ?? '').join(' ');
        const isText = text === undefined || record.id.startsWith(text) || names.includes(text);
        const isIt = (asked: unknown, is: unknown) => asked === undefined || asked === is;
        const isPlace = isIt(gate, record.gate) && isIt(host, record.host);
        return isText && isPlace && isIt(outcome, record.outcome) && isIt(observed, record.observed);
      });
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
    async since(at, limit, after) {
      const found = newest()
        .reverse()
        .filter((record) => record.at >= at);
      const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
      return found.slice(start, start + limit);
    },
    async admission(fingerprint, host) {
      const found = starts.filter((start) => start.fingerprint === fingerprint && (host ?? start.host) === start.host);
      const [first, last] = [found[0], found.at(-1)];
      if (!first || !last) return undefined;
      const admitted = found.findLast(({ isAdmitted }) => isAdmitted);
      return {
        fingerprint,
        host: last.host,
        firstAt: first.at,
        lastAt: last.at,
        ...(admitted ? { admittedAt: admitted.at } : {}),
      };
    },
    ticketOf: async (print) => ofPrint(print),
    async openTicket(ticket) {
      if (ofPrint(ticket.fingerprint)?.state !== 'open') tickets.push(ticket);
    },
    ticket: async (id) => tickets.find((ticket) => ticket.id === id),
    async tickets({ limit, offset, state }) {
      const found = tickets.filter((ticket) => state === undefined || ticket.state === state).reverse();
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
    async answerTicket(id, state, answer) {
      if (tickets.find((ticket) => ticket.id === id)?.state !== 'open') return false;
      tickets = tickets.map((ticket) => (ticket.id === id ? { ...ticket, state, answer } : ticket));
      return true;
    },
    async forget(before) {
      const old = records.filter(({ at }) => at < before);
      for (const record of old) records.splice(records.indexOf(record), 1);
      return old.length;
    },
  };
}
