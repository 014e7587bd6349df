import { describe, expect, it } from 'vitest';
import { type MadeGroup, makeTraffic } from '../../../test/fakes/traffic.ts';
import { connectionsTo } from '../../model/index.ts';
import { compileChange, compileWhole } from './compile-change.ts';
import { compileRuleset } from './compile-ruleset.ts';

const containers = [2, 3, 4].map((index) => ({
  name: `c${index}`,
  bridge: 'br0',
  port: `veth${index}`,
  mac: `02:42:0a:00:00:0${index}`,
  v4: `10.0.0.${index}`,
}));
const rule = { peers: ['group:web'], connections: connectionsTo('tcp', 80, 80) };
const groups = (members: readonly string[], rules: Partial<MadeGroup> = {}): Readonly<Record<string, MadeGroup>> => ({
  web: { outbound: [rule], ...rules, members },
});
const rulesetOf = (count: number, rules?: Partial<MadeGroup>) =>
  compileRuleset(makeTraffic(containers.slice(0, count), groups(['c2', 'c3', 'c4'], rules)));

describe('a change', () => {
  it('to the same is none', () => {
    expect(compileChange(rulesetOf(2), rulesetOf(2))).toEqual({ kind: 'none', script: '' });
  });

  it('of one container is of its elements alone', () => {
    const { kind, script } = compileChange(rulesetOf(2), rulesetOf(3));
    expect(kind).toBe('elements');
    expect(script.split('\n').map((line) => line.replace(/t_[0-9a-f]+/, 't'))).toEqual([
      'add element inet portwarden dst4 { 10.0.0.4 : goto t }',
      'add element inet portwarden g4_web { 10.0.0.4 }',
      'add element inet portwarden src4 { 10.0.0.4 : goto t }',
      'add element bridge portwarden bound4 { "veth4" . 02:42:0a:00:00:04 . 10.0.0.4 }',
      'add element bridge portwarden ports { "veth4" }',
      '',
    ]);
    const back = compileChange(rulesetOf(3), rulesetOf(2)).script;
    expect(back).toContain('delete element inet portwarden src4 { 10.0.0.4 }');
  });

  it('of a rule makes the new chains before elements lead to them, and drops the old ones after', () => {
    const other = { outbound: [{ ...rule, connections: connectionsTo('tcp', 81, 81) }] };
    const { kind, script } = compileChange(rulesetOf(2), rulesetOf(2, other));
    expect(kind).toBe('rules');
    const verbs = script.split('\n').map((line) => line.split(' ', 2).join(' '));
    expect(verbs.indexOf('add chain')).toBeLessThan(verbs.indexOf('delete element'));
    expect(verbs.lastIndexOf('add element')).toBeLessThan(verbs.indexOf('delete chain'));
    expect(script).not.toMatch(/(?:delete|flush) (?:set|table)/);
  });

  it('of what a set is of, or of a hook, is of the whole', () => {
    const ruleset = rulesetOf(2);
    const [inet, ...others] = ruleset.tables;
    if (inet === undefined) throw new Error('no table');
    const sets = new Map(inet.sets).set('bridges', { kind: 'set', properties: ['type mark'], elements: new Map() });
    const chains = new Map(inet.chains).set('forward', { rules: [], hook: 'type filter hook input priority 0;' });
    for (const changed of [
      { ...inet, sets },
      { ...inet, chains },
    ])
      expect(compileChange(ruleset, { text: '', tables: [changed, ...others] }).kind).toBe('whole');
    expect(compileChange({ text: '', tables: others }, ruleset).kind).toBe('whole');
  });

  it('of the whole leaves nothing of what was, and nothing open', () => {
    const { script } = compileWhole(rulesetOf(1));
    expect(script).toMatch(/^add table inet portwarden\ndelete table inet portwarden\n/);
    expect(script.endsWith(rulesetOf(1).text)).toBe(true);
  });
});
