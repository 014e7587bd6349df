/** A server of names in the namespace of a test: it says what the records of a file say, and tells each question. */
import { readFileSync } from 'node:fs';
import { plainName } from '../../src/segmentation/names/dns-name.ts';
import { answerTo, makeRecord, startNameServer } from '../fakes/name-server.ts';

const [file = '', ...addresses] = process.argv.slice(2);
for (const address of addresses)
  await startNameServer(
    (query, over) => {
      const [question] = query.questions;
      const name = plainName(question?.name ?? '');
      process.stdout.write(`${JSON.stringify({ name, type: question?.type, over, address })}\n`);
      const records = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map(makeRecord);
      const found = records.filter(
        (record) => record.name === name && (record.type === question?.type || record.type === 5),
      );
      const more = found.flatMap(({ target }) => records.filter((record) => record.name === target));
      return [answerTo(query, [...found, ...more], { rcode: found.length === 0 ? 3 : 0 })];
    },
    { address, port: 53 },
  );
process.stdout.write(`${JSON.stringify({ name: '', type: 0 })}\n`);
