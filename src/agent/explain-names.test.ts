import { expect, it } from 'vitest';
import { makeTraffic } from '../../test/fakes/traffic.ts';
import { connectionsTo } from '../model/index.ts';
import { explainNames } from './explain-names.ts';

const web = connectionsTo('tcp', 443);
const members = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const container = (name: string, at: number) => ({
  name,
  bridge: 'br0',
  port: `v${name}`,
  mac: '02:00:00:00:00:01',
  v4: `10.1.0.${at + 2}`,
});
const { model } = makeTraffic([...members, 'plain'].map(container), {
  named: { members, outbound: [{ peers: ['name:a.example'], connections: web }] },
  plain: { members: ['plain'], outbound: [{ peers: ['any'], connections: web }] },
});

it.each([
  [[], undefined],
  [['docker:plain'], undefined],
  [['docker:plain', 'docker:b', 'docker:a', 'docker:gone'], 'dockerd asks for the names of a, b from the host'],
  [members.map((name) => `docker:${name}`), 'of a, b, c, d, e and 2 more from the host'],
])('of %j it says %j', (ids, said) => {
  const message = explainNames(model, new Set(ids));
  if (said === undefined) expect(message).toBeUndefined();
  else expect(message).toContain(said);
});
