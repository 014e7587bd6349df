import { createExaminer } from '../../../src/inspect/content-examiner.ts';
import { redactSecrets } from '../../../src/inspect/find-secrets.ts';
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
    name: 'inspect/redact',
    covers: ['inspect/find-secrets.ts'],
    seeds,
    words,
    run(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      const redacted = redactSecrets(text);
      if (redacted.length > text.length * 12 + 10) throw new FuzzFinding('what is taken out makes the text grow');
      return redacted === text ? 'the same' : [];
    },
  },
];
