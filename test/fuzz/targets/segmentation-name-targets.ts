import { parseAddress } from '../../../src/base/index.ts';
import { connectionsIn } from '../../../src/segmentation/flows/read-connections.ts';
import { formatDnsMessage, parseDnsMessage, readEdns } from '../../../src/segmentation/names/dns-message.ts';
import { readAddresses } from '../../../src/segmentation/names/read-addresses.ts';
import { SegmentationError } from '../../../src/segmentation/segmentation-error.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const connections = [
  'ipv4     2 tcp      6 431999 ESTABLISHED src=10.9.0.1 dst=10.9.0.2 sport=35406 dport=8080 packets=3 bytes=165 src=10.9.0.2 dst=10.9.0.1 sport=9000 dport=35406 packets=2 bytes=112 [ASSURED] mark=0 use=1',
  'ipv4     2 icmp     1 29 src=10.9.0.1 dst=10.9.0.2 type=8 code=0 id=77 src=10.9.0.2 dst=10.9.0.1 type=0 code=0 id=77 mark=0 use=1',
  'ipv6     10 udp      17 29 src=fd09::1 dst=fd09::2 sport=1 dport=53 [UNREPLIED] src=fd09::2 dst=fd09::1 sport=53 dport=1 mark=0 zone=3 use=1',
];

const messages = [
  '123481800001000200000001037777770474657374000001 0001c00c000500010000012c000603636468c010c026000100010000000000 04c6336407000029 04d0000080000000',
  '000101000001000000000000076578616d706c6503636f6d00001c0001',
];

/** What the agent reads of a host's traffic, and what containers and resolvers send to its own resolver. */
export const segmentationNameTargets: readonly FuzzTarget[] = [
  {
    name: 'segmentation/conntrack',
    covers: ['segmentation/flows/parse-conntrack.ts', 'segmentation/flows/read-connections.ts'],
    seeds: connections.map((line) => `${line}\n`),
    words: [
      'src=',
      'dst=',
      'sport=',
      'dport=',
      '[UNREPLIED]',
      'ipv6',
      'icmpv6',
      '\n',
      ' ',
      '65536',
      '-D',
      '::ffff:1.2.3.4',
    ],
    async run(bytes) {
      const stream = (async function* () {
        yield bytes;
      })();
      const found: unknown[] = [];
      for await (const connection of connectionsIn(stream)) {
        const { original, reply } = connection;
        // What is handed on to conntrack -D as arguments.
        for (const address of [original.source, original.destination, reply.source, reply.destination])
          if (parseAddress(address) === undefined) throw new FuzzFinding(`no address: ${address}`);
        for (const port of [original.sourcePort, original.destinationPort, reply.sourcePort, reply.destinationPort])
          if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new FuzzFinding(`no port: ${port}`);
        found.push(connection);
      }
      return found;
    },
  },
  {
    name: 'segmentation/dns',
    covers: [
      'segmentation/names/dns-message.ts',
      'segmentation/names/dns-name.ts',
      'segmentation/names/read-addresses.ts',
    ],
    seeds: messages.map((text) => Buffer.from(text.replaceAll(' ', ''), 'hex')),
    words: ['\xc0\x0c', '\xc0\xff', '\x3f', '\x00\x29', '\x00\x05\x00\x01', '\xff\xff', '\x00'],
    refuses: [SegmentationError],
    run(bytes) {
      const message = parseDnsMessage(bytes);
      readEdns(message);
      // Names that were read can be sent, and mean the same again; pointers in data that is not looked into do not matter here.
      const again = parseDnsMessage(formatDnsMessage(message));
      if (JSON.stringify(again) !== JSON.stringify(message))
        throw new FuzzFinding('it is another message when written');
      const [question] = message.questions;
      const led = question === undefined ? undefined : readAddresses(message, question);
      for (const address of led?.addresses ?? [])
        if (parseAddress(address) === undefined && !address.startsWith('::ffff:'))
          throw new FuzzFinding(`no address: ${address}`);
      return { message, led };
    },
  },
];
