import { AttackError } from '../../../src/attack/index.ts';
import { readAnswers } from '../../../src/attack/read-answers.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

export const attackTargets: readonly FuzzTarget[] = [
  {
    name: 'attack/answers',
    covers: ['attack/read-answers.ts'],
    seeds: [
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 500 X\r\n\r\nrest',
    ],
    words: [
      'HTTP/1.1 101 X\r\n\r\n',
      'Content-Length: 99999999999\r\n',
      'ffffffff\r\n',
      '0\r\n\r\n',
      '\r\n\r\n',
      '204',
    ],
    refuses: [AttackError],
    run(bytes) {
      const answers = readAnswers(Buffer.from(bytes));
      if (answers.some(({ body }) => Buffer.byteLength(body) > 3 * bytes.byteLength))
        throw new FuzzFinding('an answer is longer than what was sent');
      return answers;
    },
  },
];
