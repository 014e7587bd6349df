import { describe, expect, it } from 'vitest';
import { parseClamdAddress } from './clamd-address.ts';
import { ClamdReplyReader, parseClamdReply } from './clamd-reply.ts';

describe('a reply of clamd', () => {
  it.each([
    ['2: stream: OK', 2, { kind: 'clean' }],
    ['3: stream: Win.X-1 FOUND', 3, { kind: 'found', signature: 'Win.X-1' }],
    ['3: stream: A.UNOFFICIAL FOUND', 3, { kind: 'found', signature: 'A.UNOFFICIAL' }],
    [`1: stream: A(${'0'.repeat(32)}:68) FOUND`, 1, { kind: 'found', signature: 'A' }],
    ['1: stream: OK FOUND', 1, { kind: 'found', signature: 'OK' }],
    ['1: stream: \x1b[2J\n FOUND', 1, { kind: 'found', signature: '?[2J?' }],
    ['9: INSTREAM size limit exceeded. ERROR', 9, { kind: 'too-large' }],
    ["4: stream: Can't allocate memory ERROR", 4, { kind: 'failed', reason: "Can't allocate memory" }],
    ['COMMAND READ TIMED OUT', undefined, { kind: 'text', text: 'COMMAND READ TIMED OUT' }],
    ['5: stream: OKAY', 5, { kind: 'text', text: 'stream: OKAY' }],
    ['5: other: OK', 5, { kind: 'text', text: 'other: OK' }],
    ['', undefined, { kind: 'text', text: '' }],
  ])('%j', (line, id, reply) => {
    expect(parseClamdReply(line)).toEqual({ id, reply });
  });

  it('comes in any pieces, and never without end', () => {
    const reader = new ClamdReplyReader();
    const push = (text: string) => reader.push(Buffer.from(text, 'latin1'));
    expect([push('1: str'), push('eam: OK\x002: PONG\x003'), push(': x\0')].flat()).toEqual([
      '1: stream: OK',
      '2: PONG',
      '3: x',
    ]);
    expect(push('x'.repeat(4096))).toEqual([]);
    expect(() => push('x')).toThrow(expect.objectContaining({ code: 'bad-clamd-reply' }));
    expect(() => new ClamdReplyReader().push(Buffer.alloc(5000, 'x\0'.padStart(5000, 'x')))).toThrow('4096');
  });
});

describe('an address of clamd', () => {
  it.each([
    ['unix:/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
    ['tcp:127.0.0.1:3310', { host: '127.0.0.1', port: 3310 }],
    ['tcp:clamd.internal:3310', { host: 'clamd.internal', port: 3310 }],
    ['tcp:[::1]:3310', { host: '::1', port: 3310 }],
  ])('%s', (text, address) => expect(parseClamdAddress(text)).toEqual(address));

  it.each([
    '',
    '/run/clamd.ctl',
    'unix:run/clamd.ctl',
    `unix:/${'x'.repeat(108)}`,
    'tcp:3310',
    'tcp:a:0',
    'tcp:a:65536',
    'tcp:[a]:1',
    'tcp:[:1',
  ])('is not %j', (text) => {
    expect(() => parseClamdAddress(text)).toThrow(expect.objectContaining({ code: 'bad-clamd-address' }));
  });
});
