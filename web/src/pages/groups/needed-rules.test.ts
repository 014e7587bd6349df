import { describe, expect, it } from 'vitest';
import { endsOf, neededRules, rulesThere } from './needed-rules.ts';

const flow = (over: object = {}) => ({
  ...{ outcome: 'refused' as const, protocol: 'tcp' as const, port: 5432 },
  peer: { kind: 'address' as const, container: null, address: '203.0.113.7', name: null },
  ...over,
});
const none = { outbound: false, inbound: false };
const ports = ['tcp/5432'];

describe('neededRules', () => {
  it('gives one to each end that is a group and has none', () => {
    const edge = { from: 'group:web', to: 'group:db' };
    const out = { group: 'web', rule: { direction: 'outbound', peers: ['group: "db"'], ports } };
    const into = { group: 'db', rule: { direction: 'inbound', peers: ['group: "web"'], ports } };
    expect(neededRules(edge, [flow()], none)).toEqual([out, into]);
    expect(neededRules(edge, [flow()], { ...none, outbound: true })).toEqual([into]);
    expect(neededRules(edge, [flow()], { ...none, inbound: true })).toEqual([out]);
  });

  it.each([
    ['addresses:203.0.113.0/24', ['cidr: 203.0.113.7/32']],
    ['addresses:2001:db8::/32', ['cidr: 2001:db8::1/128'], '2001:db8::1'],
    ['name:api.example.com', ['name: "api.example.com"']],
    ['host:server-1', ['service: host']],
    ['addresses:kubernetes-api', ['service: kubernetes-api']],
    ['addresses:elsewhere', ['cidr: 203.0.113.7/32']],
  ])('to %s is as narrow as what was seen', (to, peers, address = '203.0.113.7') => {
    const rules = neededRules({ from: 'group:web', to }, [flow({ peer: { ...flow().peer, address } })], none);
    expect(rules).toEqual([{ group: 'web', rule: { direction: 'outbound', peers, ports } }]);
  });

  it('names what was asked for by name', () => {
    const flows = [flow({ peer: { ...flow().peer, name: 'api.example.com' } }), flow()];
    const [rule] = neededRules({ from: 'group:web', to: 'addresses:elsewhere' }, flows, none);
    expect(rule?.rule.peers).toEqual(['cidr: 203.0.113.7/32', 'name: "api.example.com"']);
  });

  it('is of all ports that were refused, each once, and of none that were allowed', () => {
    const flows = [
      flow(),
      flow({ port: 80 }),
      flow(),
      flow({ port: 22, outcome: 'allowed' }),
      flow({ protocol: 'icmp', port: 8 }),
    ];
    const [first] = neededRules({ from: 'group:web', to: 'group:db' }, flows, none);
    expect(first?.rule.ports).toEqual(['icmp/8', 'tcp/5432', 'tcp/80']);
    expect(neededRules({ from: 'group:web', to: 'group:db' }, [flow({ outcome: 'allowed' })], none)).toEqual([]);
  });

  it('is none from the host, which no rule can name as a source', () => {
    expect(neededRules({ from: 'host:server-1', to: 'group:db' }, [flow()], none)).toEqual([]);
  });
});

describe('what is asked before', () => {
  const container = { engine: 'docker' as const, id: 'c1', name: 'web', groups: [] };
  const seen = { ...flow(), host: 'h', container, direction: 'outbound' as const, listed: null, edge: null };
  const whole = { ...seen, first: '', last: '', attempts: 1 };

  it('is how it fares, by its own ends', () => {
    expect(endsOf(whole)).toEqual({ from: 'c1', to: '203.0.113.7', protocol: 'tcp', port: 5432 });
    expect(endsOf({ ...whole, direction: 'inbound' })).toMatchObject({ from: '203.0.113.7', to: 'c1' });
    const other = { ...whole.peer, kind: 'container' as const, address: null, container: { ...container, id: 'c2' } };
    expect(endsOf({ ...whole, peer: other })).toMatchObject({ to: 'c2' });
    expect(endsOf({ ...whole, peer: { ...other, kind: 'host', container: null } })).toBeUndefined();
  });

  it.each([
    ['nothing known', undefined, { outbound: false, inbound: false }],
    ['none', { refusedBy: 'outbound', outbound: null, inbound: null }, { outbound: false, inbound: false }],
    ['one end', { refusedBy: 'inbound', outbound: 'a', inbound: null }, { outbound: true, inbound: false }],
    ['a deny list', { refusedBy: 'outbound', outbound: 'a', inbound: null }, undefined],
  ] as const)('finds the rules there are: %s', (_, answer, there) => {
    const source = (document: string | null) => (document === null ? null : { document, path: 'inbound[0]', at: null });
    const said = answer && { ...answer, outbound: source(answer.outbound), inbound: source(answer.inbound) };
    expect(rulesThere(said)).toEqual(there);
  });
});
