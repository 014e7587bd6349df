import { expect, it } from 'vitest';
import { findLanguage } from '../../../../test/fakes/languages.ts';

it.each([
  '$a(1)',
  '$$b(2)',
  '@$__[o](4)',
  "$__['o'](5)",
  '$__[$_[1]](7)',
  '${@a}(10)',
  "${$s20}['q'](13)",
  '$OOO{0}(15)',
  '$OOO (16)',
  "$_aB[5]['d'] /*x*/ (17)",
  "$_aB #x\r\n\t[5]//y\r\n\t['d'] (17)",
  '$b=@$s_func(22)',
  '$ {@_.__}(31);',
  "(system)('uname') ;",
  "(sy.(st).em)('uname');",
  '( string ) "sys"."t"."em" (\'uname\');',
  "(string) {[system][0]} ('uname');",
  "define('x', 'sys' . 'tem');(x)/* comment */('uname');",
  "$y = 'sys'.'tem';($y)('uname');",
  "define('z', [['sys' .'tem']]);(z)[0][0]('uname');",
  '(/* comment */system)(ls/* comment */);',
  '[ system ] [ 0 ] ( ls );',
  '(  [  system  ][  0  ])  {/* comment */0}  (  ls  );',
  '"\\x73y\\x73tem"(ls);',
])('a call of what is computed: %s', (text) => {
  expect(findLanguage(text, { left: 100 })).toBeDefined();
});

it.each([
  '$host',
  '$(POD_IP)',
  '$myhostname ESMTP $mail_name (Debian/GNU)',
  '$host (reserve)',
  '$remote_addr - [$time_local] "$request" (x)',
  '(foo)bar or foo(bar) or [foo]bar',
  '(foo)/(bar)',
  'this is a "dog" (not a cat)',
  '(a|b)(c|d)',
  '^(a)(b);$',
  '[a](b);',
  'f(x); g(y);',
  '(another test) (foo);',
  "external_url 'https://a.example'; rails['x'] = (1);",
  '',
])('none: %s', (text) => {
  expect(findLanguage(text, { left: 100 })).toBeUndefined();
});
