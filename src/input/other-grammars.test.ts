import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { findInValue } from './find-in-value.ts';
import { isOtherGrammar, parsePairs } from './other-grammars.ts';

describe('another grammar than that of the shell', () => {
  it.each([
    'id; name; date; time',
    'id|name|type|date',
    'bash|sh|zsh|ksh|fish',
    'Host=pg;Port=5432;Database=app;Minimum Pool Size=0',
    'Driver={PostgreSQL Unicode};Server=pg;Database=app;',
    'index=main sourcetype=access | stats count by status | sort -count | head 10',
    'index=os "ssh" | eval x=if(status>200,"bad","ok") | table _time x',
    'requests | where timestamp > ago(1h) | summarize count() by bin(timestamp, 5m)',
    'fields @timestamp, @message | filter @message like /error/ | sort @timestamp desc | limit 20',
    'ul > li:nth-child(2n+1) ~ a[href^="http"]::after',
    'table tr:not(.head) > td:first-child',
    '| id | name |\n|----|------|\n| 1 | cat |\n',
  ])('%s', (text) => {
    expect(isOtherGrammar(text)).toBe(true);
    expect(findInValue(text, 1, findLanguage).marks).toEqual([]);
  });

  it.each([
    'id; whoami; uname',
    'web|cat|sh',
    'a;id',
    'Host=pg;Port=5432;id',
    'Host=pg;Database=$(id);Port=1',
    'A=1;B=2 whoami',
    'A=1;rm -rf x=1',
    'cat /etc/hosts | table | sort',
    'index=main | stats count | tee /tmp/x',
    'index=main | stats count; id',
    'ul > li:hover; id',
    'cat > a.b',
    '| id | name |\n|----|\n; id',
    '| id | name |\n| cat /etc/hosts |',
    'a=',
    'a=b;',
    '',
  ])('not: %j', (text) => {
    expect(isOtherGrammar(text)).toBe(false);
  });

  it.each(['id; whoami; uname -a', 'web|cat|sh', 'Host=pg;Port=5432;uname -a', 'Host=pg;Database=$(id);Port=1'])(
    'what begins like one is found all the same: %s',
    (text) => {
      expect(findInValue(text, 1, findLanguage).marks.map(({ rule }) => rule)).toContain('input/shell-injection');
    },
  );
});

it('looks into each value of pairs', () => {
  expect(parsePairs('Host=pg;Minimum Pool Size=0')).toEqual(['pg', '0']);
  const encoded = Buffer.from('cat /etc/passwd; id').toString('base64');
  expect(findInValue(`Server=pg;Label=${encoded};Port=1`, 1, findLanguage).marks.map(({ rule }) => rule)).toContain(
    'input/encoded-code',
  );
});

it('takes time in proportion to the text', () => {
  for (const piece of ['a=b;', 'a;', 'a|', 'a b ', 'a>', 'a[b=c] ', ':not(a) ', 'x=1 | stats ', 'A '])
    expect(typeof isOtherGrammar(piece.repeat(1000))).toBe('boolean');
});
