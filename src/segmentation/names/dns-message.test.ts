import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentationError } from '../segmentation-error.ts';
import {
  type DnsMessage,
  dnsTypes,
  ednsRecord,
  formatDnsMessage,
  parseDnsMessage,
  questionFlags,
  readEdns,
} from './dns-message.ts';
import { readName, writeName } from './dns-name.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const empty = { questions: [], answers: [], authorities: [], additionals: [] };
const plain = { id: 1, isResponse: false, opcode: 0, flags: questionFlags, rcode: 0, ...empty };
const label = fc.uint8Array({ minLength: 1, maxLength: 12 });
const name = fc.array(label, { maxLength: 8 }).map((labels) => {
  const bytes = [...labels.flatMap((each) => [each.length, ...each]), 0];
  return readName(Uint8Array.from(bytes), 0).name;
});
const number16 = fc.integer({ min: 0, max: 65_535 });
const record = fc.oneof(
  fc.record({
    name,
    type: number16.filter((type) => type !== dnsTypes.cname),
    class: number16,
    ttl: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    data: fc.uint8Array({ maxLength: 40 }),
  }),
  fc.record({
    name,
    type: fc.constant(dnsTypes.cname),
    class: number16,
    ttl: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    data: fc.constant(new Uint8Array()),
    target: name,
  }),
);
const messages: fc.Arbitrary<DnsMessage> = fc.record({
  id: number16,
  isResponse: fc.boolean(),
  opcode: fc.integer({ min: 0, max: 15 }),
  flags: fc.record({
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
    authenticData: fc.boolean(),
    checkingDisabled: fc.boolean(),
  }),
  rcode: fc.integer({ min: 0, max: 15 }),
  questions: fc.array(fc.record({ name, type: number16, class: number16 }), { maxLength: 3 }),
  answers: fc.array(record, { maxLength: 6 }),
  authorities: fc.array(record, { maxLength: 3 }),
  additionals: fc.array(record, { maxLength: 3 }),
});

describe('a message of DNS', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(parseDnsMessage(formatDnsMessage(message))).toEqual(message);
      }),
    );
  });

  it('is a message or a refusal, whatever the bytes', () => {
    const bytes = fc
      .tuple(messages, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }))
      .map(([message, changes]) => {
        const written = formatDnsMessage(message);
        for (const [at, value] of changes) if (at < written.length) written[at] = value;
        return written;
      });
    fc.assert(
      fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 300 })), (each) => {
        try {
          parseDnsMessage(each);
        } catch (error) {
          expect(error).toBeInstanceOf(SegmentationError);
        }
      }),
    );
  });

  it('has an answer with pointers, as servers send it', () => {
    const sent = hex(
      '1234 8180 0001 0002 0000 0001 03777777 04746573 74 00 0001 0001' +
        'c00c 0005 0001 0000012c 0006 03636468 c010' +
        'c026 0001 0001 00000000 0004 c6336407' +
        '00 0029 04d0 00008000 0000',
    );
    const message = parseDnsMessage(sent);
    expect(message).toMatchObject({
      id: 0x1234,
      isResponse: true,
      rcode: 0,
      questions: [{ name: 'www.test', type: 1, class: 1 }],
      answers: [
        { name: 'www.test', type: 5, ttl: 300, target: 'cdh.test' },
        { name: 'cdh.test', type: 1, ttl: 0, data: hex('c6336407') },
      ],
    });
    expect(readEdns(message)).toEqual({ payload: 1232, dnssecOk: true });
  });

  const header = '1234 8180 0001 0000 0000 0000';
  it.each([
    ['a header that is cut off', '1234 8180 0001'],
    ['a question that is missing', header],
    ['a name that ends in its middle', `${header} 03 7777`],
    ['a pointer to itself', `${header} c00c 0001 0001`],
    ['pointers in a ring', `${header} 01 61 c010 c00c 0001 0001`],
    ['a pointer forward', `${header} c020 0001 0001 ${'00'.repeat(20)}`],
    ['a pointer that is cut off', `${header} c0`],
    ['a label of the old extended kind', `${header} 41 61 00 0001 0001`],
    ['a label of 64 bytes', `${header} 40 ${'61'.repeat(64)} 00 0001 0001`],
    ['a name of 256 bytes', `${header} ${`3f${'61'.repeat(63)}`.repeat(4)} 00 0001 0001`],
    ['something behind it', `${header} 00 0001 0001 00`],
    ['records that are not there', '1234 8180 0000 ffff 0000 0000'],
    ['more records than anybody needs', `1234 8180 0000 1001 0000 0000 ${'00 0001 0001 00000000 0000'.repeat(4097)}`],
    ['data that is longer than the rest', '1234 8180 0000 0001 0000 0000 00 0001 0001 00000000 0005 01020304'],
    ['a CNAME that is longer than its name', '1234 8180 0000 0001 0000 0000 00 0005 0001 00000000 0003 016100 00'],
    ['a CNAME that runs out of its record', '1234 8180 0000 0001 0000 0000 00 0005 0001 00000000 0001 016100'],
  ])('is none with %s', (_, text) => {
    expect(() => parseDnsMessage(hex(text))).toThrow(SegmentationError);
  });

  it('is read in little time where each name is as long as pointers make it', () => {
    const long = `${`3f${'61'.repeat(63)}`.repeat(3)} 3d ${'61'.repeat(61)} 00`;
    const records = 'c00c 0001 0001 00000000 0000'.repeat(4000);
    const message = parseDnsMessage(hex(`1234 8180 0001 0fa0 0000 0000 ${long} 0001 0001 ${records}`));
    expect(message.answers).toHaveLength(4000);
    expect(message.answers[3999]?.name).toHaveLength(253);
  });

  it('points to names that it has already', () => {
    const question = { name: 'a.long.name.example', type: 1, class: 1 };
    const answer = { ...question, ttl: 5, data: Uint8Array.of(1, 2, 3, 4) };
    const written = formatDnsMessage({ ...plain, isResponse: true, questions: [question], answers: [answer, answer] });
    expect(written).toHaveLength(12 + 25 + 2 * 16);
  });

  it('says no OPT twice', () => {
    const opt = ednsRecord({ payload: 1232, dnssecOk: false });
    expect(readEdns({ ...plain, additionals: [opt] })).toEqual({ payload: 1232, dnssecOk: false });
    expect(() => readEdns({ ...plain, additionals: [opt, opt] })).toThrow(SegmentationError);
  });
});

describe('a name', () => {
  it.each([
    ['', '00'],
    ['www.test', '03777777 0474657374 00'],
    ['a\\046b.test', '03612e62 0474657374 00'],
    ['\\000\\255\\092', '0300ff5c 00'],
    ['WWW.Test', '03575757 0454657374 00'],
  ])('%j is sent so, and read again', (text, sent) => {
    expect(writeName(text)).toEqual(hex(sent));
    expect(readName(hex(sent), 0)).toEqual({ name: text, next: hex(sent).length });
  });

  it.each(['a..b', '.', `${'a'.repeat(64)}.test`, 'a\\999', 'ä€'])('%j cannot be sent', (text) => {
    expect(() => writeName(text)).toThrow(SegmentationError);
  });
});
