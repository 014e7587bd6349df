import { createFrameReader, encodeFrame } from '../../../src/gate/docker/call-frames.ts';
import { DockerGateError } from '../../../src/gate/docker/docker-gate-error.ts';
import { matchDockerRoute } from '../../../src/gate/docker/match-docker-route.ts';
import { parseDockerCall } from '../../../src/gate/docker/parse-docker-call.ts';
import { readDockerLaunch } from '../../../src/gate/docker/read-docker-launch.ts';
import { readParameters, readPulled, readShownBody, refuseBody } from '../../../src/gate/docker/read-request.ts';
import { parseRoute } from '../../../src/gate/registry/parse-route.ts';
import { parseSignatureManifest } from '../../../src/gate/registry/signature-manifest.ts';
import { parseRange } from '../../../src/gate/registry/verified-stream.ts';
import { BoltError, findBoltValue } from '../../../src/gate/runtime/bolt-file.ts';
import { parseRuntimeCall, RuntimeGateError, sizeOfCall } from '../../../src/gate/runtime/runtime-call.ts';
import { parseRuntimeCommand, RuntimeRefusal } from '../../../src/gate/runtime/runtime-client.ts';
import { LaunchError } from '../../../src/launch/index.ts';
import { readFrom, writeBolt } from '../../fakes/bolt-writer.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

/** What dockerd sends to its plugins. */
const dockerCall = (method: string, uri: string, body = '', headers: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({
    RequestMethod: method,
    RequestUri: uri,
    RequestHeaders: headers,
    ...(body === '' ? {} : { RequestBody: Buffer.from(body).toString('base64') }),
  });

export const gateTargets: readonly FuzzTarget[] = [
  {
    name: 'gate/docker-call',
    covers: ['gate/docker/parse-docker-call.ts', 'gate/docker/read-docker-launch.ts', 'gate/docker/read-request.ts'],
    seeds: [
      dockerCall('POST', '/v1.41/containers/create?name=a', '{"Image":"a","HostConfig":{"Binds":["/etc:/x"]}}'),
      dockerCall('POST', '/containers/a/exec', '{"Cmd":["sh"],"Privileged":true}', {
        'Content-Type': 'application/json',
      }),
      dockerCall('POST', '/v1.24/images/create?fromImage=a%2Fb&tag=1', '', { 'Content-Length': '0' }),
      dockerCall('GET', '/v1.52/images/a/b%3A1/json'),
    ],
    words: [
      '/v1.41/',
      '/v1.23/',
      '%2e%2e',
      '//',
      '?x=1',
      '&tag=',
      ';',
      '"RequestBody":"e30="',
      '/containers/create',
      '%2F',
    ],
    refuses: [DockerGateError, LaunchError],
    run(bytes) {
      const call = parseDockerCall(bytes);
      const target = matchDockerRoute(call.method, call.uri);
      if (/[^\x21-\x7e]|\/\/|\.\.\//.test([...target.names.values()].join(' ').replaceAll(' ', '')))
        throw new FuzzFinding([...target.names.values()].join());
      const { treatment } = target.route;
      if (treatment.as !== 'judge') return treatment.as;
      const query = readParameters(target, treatment.what);
      if (treatment.what !== 'pull' && treatment.what !== 'start') {
        const { requests } = readDockerLaunch(readShownBody(call), target, query);
        if (requests.length === 0) throw new FuzzFinding('nothing to judge');
        return requests.length;
      }
      refuseBody(call);
      return treatment.what === 'pull' && query.get('fromImage') ? readPulled(query) : treatment.what;
    },
  },
  {
    name: 'gate/call-frames',
    covers: ['gate/docker/call-frames.ts'],
    seeds: [Buffer.concat([1, 2].map((number) => encodeFrame({ number, bytes: Buffer.from('{"Allow":true}') })))],
    words: ['\0\0\0\x01', '\0\0\0\0\0\0\0\0', '\xff\xff\xff\xff'],
    refuses: [DockerGateError],
    run(bytes) {
      const whole = createFrameReader(64)(bytes);
      const read = createFrameReader(64);
      const half = bytes.length >> 1;
      const pieces = [...read(bytes.subarray(0, half)), ...read(bytes.subarray(half))];
      if (Buffer.compare(Buffer.concat(whole.map(encodeFrame)), Buffer.concat(pieces.map(encodeFrame))) !== 0)
        throw new FuzzFinding('pieces of a stream are read otherwise than the whole');
      return whole.length;
    },
  },
  {
    name: 'gate/route',
    covers: ['gate/registry/parse-route.ts'],
    seeds: ['/v2/', `/v2/team/app/blobs/${digest}`, '/v2/team/app/manifests/1.0', '/v2/a/blobs/uploads/'],
    words: ['/v2/', '/manifests/', '/blobs/', '/uploads/', '/tags/list', '..', '%2e', '//', digest, '\0', '_catalog'],
    run(bytes) {
      const route = parseRoute(Buffer.from(bytes).toString('latin1'));
      if ('repository' in route && /\.\.|\/\/|[^a-z0-9._/-]/.test(route.repository))
        throw new FuzzFinding(route.repository);
      return route;
    },
  },
  {
    name: 'gate/signature-manifest',
    covers: ['gate/registry/signature-manifest.ts'],
    seeds: [
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: 2 },
        layers: [{ mediaType: 'application/vnd.dsse.envelope.v1+json', digest, size: 2 }],
        subject: { digest },
      }),
    ],
    words: ['"layers":', '"subject":', '"manifests":', 'application/vnd.oci.image.layer.v1.tar+gzip', '[]', 'null'],
    run(bytes) {
      const found = parseSignatureManifest(bytes);
      if (!found) return found;
      const { layers } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { layers: { mediaType: string }[] };
      if (layers.some(({ mediaType }) => mediaType.includes('.layer.'))) {
        throw new FuzzFinding('a layer of files passes for a signature');
      }
      return found;
    },
  },
  {
    name: 'gate/range',
    covers: ['gate/registry/verified-stream.ts'],
    seeds: ['bytes=0-9', 'bytes=-5', 'bytes=3-'],
    words: ['bytes=', '-', ',', '99999999999999999999', '0x1', '1e9'],
    run(bytes) {
      const range = parseRange(Buffer.from(bytes).toString('latin1'), 10);
      if (typeof range === 'object' && !(0 <= range.first && range.first <= range.last && range.last < 10)) {
        throw new FuzzFinding(JSON.stringify(range));
      }
      return range;
    },
  },
  {
    name: 'gate/runtime-command',
    covers: ['gate/runtime/runtime-client.ts'],
    seeds: [
      '--root\n/r\n--log=/l\ncreate\n--bundle\n/b\nid',
      'exec\n-e\nA=1\n-t\nid\nsh',
      'update\n--resources\n-\nid',
    ],
    words: [
      '--',
      '--bundle=',
      '-b',
      '--version',
      'create',
      'run',
      'exec',
      'state',
      '\n',
      '=',
      'id',
      '--process',
      '__proto__',
    ],
    refuses: [RuntimeRefusal],
    run(bytes) {
      const argv = Buffer.from(bytes).toString('utf8').split('\n');
      const read = parseRuntimeCommand(argv);
      const from = argv.indexOf(read.command);
      // A bundle that stands behind the ID would be read by one runtime only.
      const shown = argv.slice(from + 1, argv.length - read.args.length).filter((each) => each !== '--');
      if (read.command !== 'exec' && shown.at(-1) !== read.id) throw new FuzzFinding(argv.join(' '));
      return read;
    },
  },
  {
    name: 'gate/runtime-call',
    covers: ['gate/runtime/runtime-call.ts'],
    seeds: [
      '{"version":1,"dataRoot":"/d","command":"create","id":"a","options":[["bundle","/b"]],"args":[],"root":"","bundle":"/b","file":"config","size":2}\n{}',
    ],
    words: ['"size":', '"file":"process"', '"command":"exec"', '"id":".."', '\n', '1e9', '-1', '[[', '"__proto__":'],
    refuses: [RuntimeGateError],
    run(bytes) {
      const size = sizeOfCall(bytes);
      const call = parseRuntimeCall(bytes);
      if (size !== bytes.length) throw new FuzzFinding('a call is whole that is not');
      if (call.file === undefined && ['create', 'run', 'restore'].includes(call.command))
        throw new FuzzFinding('no config');
      return call;
    },
  },
  {
    name: 'gate/bolt',
    covers: ['gate/runtime/bolt-file.ts'],
    seeds: [writeBolt({ v1: { a: { image: 'x', b: 'y', c: 'z' } } })],
    words: ['\x00', '\xff\xff', '\x01\x00', '\x02\x00', 'v1', 'image'],
    refuses: [BoltError],
    run(bytes) {
      return findBoltValue(readFrom(bytes), ['v1', 'a', 'image']);
    },
  },
];
