import { describe, expect, it } from 'vitest';
import { makeTraffic } from '../../../test/fakes/traffic.ts';
import { allConnections } from '../../model/index.ts';
import { compileRuleset } from './compile-ruleset.ts';
import { createNameBook } from './name-book.ts';

const container = { name: 'a', bridge: 'br0', port: 'veth1', mac: '02:42:0a:00:00:02', v4: '10.0.0.2' };
const ruleset = (...names: readonly string[]) =>
  compileRuleset(
    makeTraffic([container], {
      a: { members: ['a'], outbound: [{ peers: names.map((name) => `name:${name}`), connections: allConnections }] },
    }),
  );

describe('what names led to', () => {
  it('is put into the sets of rules by that name, and of those for all names below a parent', () => {
    const book = createNameBook();
    book.add('b.a.example', ['192.0.2.1', '2001:db8::1'], 60, 0);
    const [first] = book.takeScript(ruleset('b.a.example'), 0).split('\n');
    expect(first).toBe('add element inet portwarden n4_b.a.example { 192.0.2.1 timeout 60s }');
    expect(book.scriptFor(ruleset('*.a.example'), 0).split('\n')).toHaveLength(3);
    expect(book.scriptFor(ruleset('*.example'), 0)).toContain('192.0.2.1 timeout 60s');
    expect(book.scriptFor(ruleset('a.example', '*.b.a.example', '*.c.example'), 0)).toBe('');
  });

  it('is given once, with what is left of its time', () => {
    const book = createNameBook();
    book.add('a.example', ['192.0.2.1'], 60, 1000);
    expect(book.takeScript(ruleset('a.example'), 31_000)).toContain('timeout 30s');
    expect(book.takeScript(ruleset('a.example'), 31_000)).toBe('');
    expect(book.scriptFor(ruleset('a.example'), 41_000)).toContain('timeout 20s');
    expect(book.scriptFor(ruleset('a.example'), 61_000)).toBe('');
  });

  it('holds at most a day, at least a second, and no longer by a shorter answer', () => {
    const book = createNameBook();
    book.add('a.example', ['192.0.2.1'], 1e9, 0);
    book.add('a.example', ['192.0.2.1'], 5, 0);
    book.add('a.example', ['192.0.2.2'], 0, 0);
    book.add('a.example', ['192.0.2.3'], Number.NaN, 0);
    const script = book.takeScript(ruleset('a.example'), 0);
    expect(script).toContain('192.0.2.1 timeout 86400s, 192.0.2.2 timeout 1s, 192.0.2.3 timeout 1s }');
    expect(script).not.toContain('NaN');
  });

  it('is given to sets that are new, of which others were told before', () => {
    const book = createNameBook();
    book.add('b.a.example', ['192.0.2.1'], 60, 0);
    book.takeScript(ruleset('b.a.example'), 0);
    const script = book.scriptFor(ruleset('b.a.example', '*.a.example'), 0, ruleset('b.a.example'));
    expect(script).toMatch(/^add element inet portwarden n4__[0-9a-f]{16} \{ 192.0.2.1 timeout 60s \}\n$/);
    book.add('b.a.example', ['192.0.2.2'], 60, 0);
    book.scriptFor(ruleset('b.a.example', '*.a.example'), 0, ruleset('b.a.example', '*.a.example'));
    const told = book.takeScript(ruleset('b.a.example'), 0);
    expect(told).toContain('192.0.2.2');
    // Of those that the set has already, nothing is said again.
    expect(told).not.toContain('192.0.2.1');
  });

  it('is no text of the one who answered', () => {
    const book = createNameBook();
    book.add('a.example', ['192.0.2.1 }; flush ruleset', '::ffff:10.0.0.1', ''], 60, 0);
    expect(book.takeScript(ruleset('a.example'), 0)).toBe('');
    book.add('} flush ruleset', ['192.0.2.1'], 60, 0);
    expect(book.takeScript(ruleset('a.example', '} flush ruleset'), 0)).not.toContain('flush');
  });
});
