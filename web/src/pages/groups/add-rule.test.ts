import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addRule, type RuleToAdd } from './add-rule.ts';

const rule: RuleToAdd = { direction: 'inbound', peers: ['group: "shop-web"'], ports: ['tcp/5432'] };
const added = { from: [{ group: 'shop-web' }], ports: ['tcp/5432'] };
const head = 'apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: shop-db }\nmode: enforce\n';
const own = { from: [{ group: 'shop-app' }], ports: ['tcp/5432'] };

describe('addRule', () => {
  it.each([
    ['no rule', 'spec:\n  members:\n    - project: shop\n', []],
    ['no rule, and a comment at the end', 'spec:\n  members:\n    - project: shop\n  # done\n', []],
    ['an empty list', 'spec:\n  members: [{ project: shop }]\n  inbound: [] # nobody\n', []],
    ['a rule', 'spec:\n  inbound:\n    - from: [{ group: shop-app }]\n      ports: [tcp/5432]\n', [own]],
    [
      'a rule not indented',
      'spec:\n  inbound:\n  - from:\n    - group: shop-app\n    ports: [tcp/5432]\n  outbound: []\n',
      [own],
    ],
    [
      'a rule, and more behind',
      'spec:\n    inbound:\n        - from:\n            - group: shop-app\n          ports:\n            - tcp/5432\n\n    # out\n    outbound: []\n',
      [own],
    ],
    ['the spec before other keys', 'spec:\n  members: [{ project: shop }]\nzone: a\n', []],
  ])('to a document with %s', (_, spec, before) => {
    const text = addRule(head + spec, rule);
    expect(parse(text).spec.inbound).toEqual([...before, added]);
    const { inbound: _in, ...others } = parse(text).spec;
    const { inbound: _was, ...othersBefore } = parse(head + spec).spec;
    expect(others).toEqual(othersBefore);
    for (const line of (head + spec).split('\n').filter((each) => each.includes('#'))) {
      expect(text).toContain(line.replace(/^.*#/, '#').replace('# nobody', ''));
    }
  });

  it('of outbound has another word, and may be of all ports', () => {
    const text = addRule(`${head}spec:\n  members: [{ project: shop }]\n`, {
      ...{ direction: 'outbound', peers: ['service: dns', 'cidr: 203.0.113.7/32'], ports: [] },
    });
    expect(parse(text).spec.outbound).toEqual([{ to: [{ service: 'dns' }, { cidr: '203.0.113.7/32' }] }]);
  });

  it.each([
    ['in braces', `${head}spec: { members: [{ project: shop }], inbound: [] }\n`],
    ['with its list in brackets', `${head}spec:\n  inbound: [{ from: [{ any: true }] }]\n`],
    ['with tabs', `${head}spec:\n  members:\n    - name: "a"\n\t# tab\n`],
    ['without a spec', head],
  ])('leaves to a person where it goes in a document %s', (_, text) => {
    const drafted = addRule(text, rule);
    expect(drafted.startsWith(text.trimEnd())).toBe(true);
    expect(drafted.slice(text.trimEnd().length)).toBe(
      '\n# To be added to spec.inbound:\n# - from:\n#     - group: "shop-web"\n#   ports: [tcp/5432]\n',
    );
  });
});
