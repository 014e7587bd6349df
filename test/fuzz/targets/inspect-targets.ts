import { ClamdReplyReader, parseClamdReply } from '../../../src/inspect/clamd/clamd-reply.ts';
import { parseClamdAddress } from '../../../src/inspect/clamd/index.ts';
import { createExaminer } from '../../../src/inspect/content-examiner.ts';
import { InspectError, redactAll } from '../../../src/inspect/index.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const words = [
  '-----BEGIN RSA PRIVATE KEY-----\n',
  'AKIA',
  'ghp_',
  'eyJ',
  'https://a:b@c',
  'DB_PASSWORD=',
  '_authToken=',
  'bash -i >& /dev/tcp/',
  'nc -e /bin/sh',
  'mkfifo /a | /bin/sh -i | nc',
  'eval($_POST[',
  'A'.repeat(200),
  ' '.repeat(200),
];
const seeds = [
  '#!/bin/sh\nDB_PASSWORD=hunter2secret\ncurl https://me:s3cr3tpw@x.example\n',
  'mysql://a:longpassword@b/c',
];

export const inspectTargets: readonly FuzzTarget[] = [
  {
    name: 'inspect/content',
    covers: ['inspect/content-examiner.ts'],
    seeds: [...seeds, '\x7fELF\0\0UPX!xmrig'],
    words,
    async run(bytes) {
      const examiner = await createExaminer({});
      const file = { path: '/app/.env', size: bytes.length, mode: 0o755 };
      return examiner.examine(file, bytes);
    },
  },
  {
    name: 'inspect/clamd',
    covers: ['inspect/clamd/clamd-reply.ts'],
    seeds: ['1: ClamAV 1.4.3/27400/Mon Sep  9\0', '2: stream: OK\x003: stream: Win.X-1 FOUND\0', '4: a ERROR\0'],
    words: ['stream: ', 'OK', ' FOUND', ' ERROR', '\0', ': ', 'INSTREAM size limit exceeded. ERROR'],
    refuses: [InspectError],
    run(bytes) {
      const reader = new ClamdReplyReader();
      const middle = bytes.length >> 1;
      const lines = [...reader.push(bytes.subarray(0, middle)), ...reader.push(bytes.subarray(middle))];
      return lines.map((line) => {
        const { reply } = parseClamdReply(line);
        if (reply.kind === 'clean' && !line.endsWith('stream: OK')) throw new FuzzFinding(`${line} is taken for clean`);
        return reply;
      });
    },
  },
  {
    name: 'inspect/clamd-address',
    covers: ['inspect/clamd/clamd-address.ts', 'inspect/clamd/index.ts'],
    seeds: ['unix:/run/clamav/clamd.ctl', 'tcp:127.0.0.1:3310', 'tcp:[::1]:3310'],
    words: ['unix:', 'tcp:', '/', '[', ']', ':', '65536'],
    refuses: [InspectError],
    run: (bytes) => parseClamdAddress(Buffer.from(bytes).toString()),
  },
  {
    name: 'inspect/redact',
    covers: ['inspect/find-secrets.ts'],
    seeds,
    words,
    run(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      const redacted = redactAll(text);
      if (redacted.length > text.length * 12 + 10) throw new FuzzFinding('what is taken out makes the text grow');
      return redacted === text ? 'the same' : [];
    },
  },
];
