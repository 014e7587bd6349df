import { expect, it } from 'vitest';
import { readCalls } from './calls.ts';

const calls = (text: string) =>
  [...readCalls(text)].map(({ name, hasArguments }) => `${name}(${hasArguments ? '…' : ''})`);

it.each([
  ['os.system("id")', ['os.system(…)']],
  ['os . system\n( "id" )', ['os.system(…)']],
  ['os/* */.system("id")', ['os.system(…)']],
  ['IO::Socket::INET->new("a")', ['io.socket.inet.new(…)']],
  ['a?.b()', ['a.b()']],
  ['sys.modules["os"].system("id")', ['sys.modules[].system(…)']],
  ["open('/a').read()", ['open(…)', 'open().read()']],
  ['f(g(h(1)))', ['f(…)', 'g(…)', 'h(…)']],
  ['$x->call($y)', ['$x.call(…)']],
])('reads %s', (text, wanted) => {
  expect(calls(text)).toEqual(wanted);
});

it.each([
  "say 'os.system(1)' aloud",
  '# "exec(1)"',
  'f (',
  'os.system (see below',
  ') ( ]',
  '',
  '("a")',
  '/* os.system(1)',
])('reads no call of a name in %s', (text) => {
  expect(calls(text)).toEqual(text.startsWith('/*') ? ['os.system(…)'] : []);
});

it('takes time in proportion to the text', () => {
  for (const piece of ['(', 'a(', 'a.', "'", 'a[', '/* ', '\\', 'a()', '`', "'\\", '"\\"'])
    expect(calls(piece.repeat(30_000)).length).toBeLessThanOrEqual(500);
});
