import { describe, expect, it } from 'vitest';
import { letsOut } from '../../../test/fakes/decide-traffic.ts';
import {
  any,
  composeContainer,
  hostNetwork,
  securityGroup,
  tcp,
  toBlock,
  toName,
  trafficRules,
} from '../../../test/fakes/networked-containers.ts';
import type { SecurityGroup } from '../../model/index.ts';
import { explainConnection } from '../reach/explain-connection.ts';
import { compileTraffic } from './compile-traffic.ts';

/** A container in as many groups as rules of them are given. */
function webIn(...groups: readonly SecurityGroup['outbound'][]) {
  const members = [{ service: 'web' }];
  return compileTraffic({
    groups: groups.map((outbound, index) => securityGroup(`g${index}`, { members, outbound })),
    denyLists: [],
    containers: [composeContainer(1, 'shop', 'web')],
    network: hostNetwork({}),
  }).model;
}
const naming = trafficRules('outbound', [[toName('api.example')]]);

describe('a public resolver', () => {
  it.each([
    ['any and a name', [[any], [toName('api.example')]], false],
    ['any alone', [[any]], true],
    ['a name and its block', [[toName('api.example')], [toBlock('1.1.1.1')]], true],
    ['a name and a wider block', [[toName('api.example')], [toBlock('1.0.0.0/8')]], false],
    ['a name of a resolver', [[toName('api.example')], [toName('dns.google')]], false],
  ] as const)('is reached by rules of %s: %s', (_, rules, isReachedNow) => {
    const model = webIn(trafficRules('outbound', ...rules.map((peers) => [[...peers]] as const)));
    expect(letsOut(model, 'shop-web-1', '1.1.1.1', tcp(443))).toBe(isReachedNow);
    expect(letsOut(model, 'shop-web-1', '198.51.100.1', tcp(443))).toBe(rules[0][0] === any);
  });

  it('is reached as another group of the container says', () => {
    const model = webIn(naming, trafficRules('outbound', [[any], tcp(443)]));
    expect(letsOut(model, 'shop-web-1', '1.1.1.1', tcp(443))).toBe(true);
    expect(letsOut(model, 'shop-web-1', '1.1.1.1', tcp(853))).toBe(false);
  });

  it('is told as what is refused', () => {
    const model = webIn(trafficRules('outbound', [[any]], [[toName('api.example')]]));
    const [endpoint] = model.endpoints;
    if (endpoint === undefined) throw new Error('no endpoint');
    const to = { kind: 'address', address: '9.9.9.9' } as const;
    const found = explainConnection(model, { from: { kind: 'endpoint', endpoint }, to, protocol: 'tcp', port: 443 });
    expect(found.outbound?.message).toContain('by public resolvers (refused where rules say names)');
  });
});
