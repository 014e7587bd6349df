import { connectionsTo } from '../../../src/model/index.ts';
import { compileRuleset, SegmentationError } from '../../../src/segmentation/index.ts';
import { createCounterReader } from '../../../src/segmentation/nftables/counter-reader.ts';
import { parseMac } from '../../../src/segmentation/nftables/identifiers.ts';
import { parseListing } from '../../../src/segmentation/nftables/parse-listing.ts';
import { makeTraffic } from '../../fakes/traffic.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const small = makeTraffic([{ name: 'a', bridge: 'br0', port: 'veth1', mac: '02:42:0a:00:00:02', v4: '10.0.0.2' }], {
  web: {
    members: ['a'],
    outbound: [{ peers: ['192.0.2.0/24', 'name:a.example'], connections: connectionsTo('tcp', 443, 443) }],
  },
});

/** What nft writes: it runs as root beside us, but its text holds what others put into tables. */
export const dataplaneTargets: readonly FuzzTarget[] = [
  {
    name: 'segmentation/nft-listing',
    covers: ['segmentation/nftables/parse-listing.ts'],
    seeds: [
      '',
      compileRuleset(small).text,
      'table inet portwarden {\n\tmap m {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.0.0.1 : goto x,\n\t\t\t     10.0.0.2 : drop }\n\t}\n\n\tchain x {\n\t\ttype filter hook input priority 0; policy accept;\n\t\tdrop\n\t}\n}\n',
    ],
    words: [
      'table bridge portwarden {\n',
      '\tset s {\n',
      '\t}\n',
      '}\n',
      '\t\telements = {',
      ' : ',
      'flags timeout',
      '\tcounter c {\n',
    ],
    refuses: [SegmentationError],
    run(bytes) {
      const ruleset = parseListing(decode(bytes));
      const again = ruleset && parseListing(ruleset.text);
      if (
        ruleset?.tables.every(({ chains }) => [...chains.keys()].every((name) => /^\w+$/.test(name))) &&
        again === undefined
      )
        throw new FuzzFinding('what was listed is lost when it is listed again');
      return ruleset?.tables;
    },
  },
  {
    name: 'segmentation/nft-counters',
    covers: ['segmentation/nftables/counter-reader.ts'],
    seeds: [
      '{"nftables":[{"metainfo":{}},{"set":{"family":"inet","name":"refused4","elem":[{"elem":{"val":{"concat":["10.0.0.1","10.0.0.2","tcp",80]},"counter":{"packets":3,"bytes":1}}}]}}]}',
      '{"nftables":[{"set":{"family":"bridge","name":"spoofed","elem":[{"elem":{"val":"veth1","counter":{"packets":3}}}]}}]}',
    ],
    words: ['"seen6"', '"overflowed"', '"icmp"', '2048', '-1', '1e400', 'null', '{"__proto__":1}'],
    refuses: [SegmentationError],
    run(bytes) {
      const reader = createCounterReader();
      reader.take([decode(bytes)]);
      const report = reader.report();
      for (const { packets } of [...report.allowed, ...report.refused, ...report.observed, ...report.spoofed])
        if (!(packets >= 0)) throw new FuzzFinding('fewer than no packets');
      return report;
    },
  },
  {
    name: 'segmentation/hardware-address',
    covers: ['segmentation/nftables/identifiers.ts'],
    seeds: ['02:42:ac:11:00:02', '02:42:AC:11:00:02', '01:00:5e:00:00:01'],
    run: (bytes) => parseMac(decode(bytes)),
  },
];
