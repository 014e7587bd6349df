import { describe, expect, it } from 'vitest';
import { callLimits, parseRuntimeCall, RuntimeGateError, sizeOfCall } from './runtime-call.ts';

const header = {
  ...{ version: 1, dataRoot: '/d', command: 'create', id: 'pilot', options: [['bundle', '/b']], args: [] },
  ...{ root: '', bundle: '/b', file: 'config', size: 2 },
};
const call = (change: object = {}, body = '{}') => Buffer.from(`${JSON.stringify({ ...header, ...change })}\n${body}`);

describe('parseRuntimeCall', () => {
  it('reads a call and its file', () => {
    const { dataRoot, command, id, options, args, root, bundle } = header;
    const read = { dataRoot, command, id, options, args, root, bundle };
    expect(parseRuntimeCall(call())).toEqual({ ...read, file: Buffer.from('{}') });
    expect(parseRuntimeCall(call({ command: 'exec', file: '', size: 0 }, '')).file).toBeUndefined();
  });

  it.each([
    ['another version', { version: 2 }],
    ['a command that starts nothing', { command: 'state' }],
    ['an ID that is a path', { id: 'a/b' }],
    ['an ID that leads up', { id: '..' }],
    ['a bundle that is relative', { bundle: 'b' }],
    ['a size that is less', { size: 1 }],
    ['a size that is more', { size: 3 }],
    ['a size that is no number', { size: '2' }],
    ['a size without bounds', { size: callLimits.body + 1 }],
    ['no configuration', { file: '', size: 0 }],
    ['the file of another command', { file: 'process' }],
    ['a file that is not named', { command: 'exec', file: '' }],
    ['options that are no pairs', { options: [['a']] }],
    ['arguments that are no texts', { args: [1] }],
  ])('refuses %s', (_, change) => {
    expect(() => parseRuntimeCall(call(change))).toThrow(RuntimeGateError);
  });

  it.each(['', '{', '{}', '[]\n', '\n', '\xff\n'])('refuses %j', (text) => {
    expect(() => parseRuntimeCall(Buffer.from(text, 'latin1'))).toThrow(RuntimeGateError);
  });
});

describe('sizeOfCall', () => {
  it('is known from the header on', () => {
    const whole = call();
    expect(sizeOfCall(whole.subarray(0, 10))).toBeUndefined();
    expect(sizeOfCall(whole.subarray(0, whole.length - 2))).toBe(whole.length);
  });

  it('is refused where the header has no end', () => {
    expect(() => sizeOfCall(Buffer.alloc(callLimits.header, ' '))).toThrow('has no end');
  });
});
