import { describe, expect, it } from 'vitest';
import { findLanguage as findIn } from '../../../test/fakes/languages.ts';
import { requestPatience } from './parsers.ts';

const findLanguage = (text: string, acting?: string) => findIn(text, { left: requestPatience }, acting);

/** Of each language code that does something, as people write it in one line; much of it names nothing that a list of words has. */
const code: Readonly<Record<string, readonly string[]>> = {
  Python: [
    "getattr(os, 'sys' + 'tem')('id')",
    '().__class__.__bases__[0]',
    "[c for c in ''.__dir__() if 'a' in c]",
    "(lambda f: f('id'))(run)",
    'import os',
    'from subprocess import run as r',
    'for name in names:\n    drop(name)',
    'while True: fork_it()',
    "with connect('db') as c:\n    c.run('x')",
    '@app.route("/")\ndef index():\n    return page()',
    'async def f():\n    await g()',
    'try:\n    a()\nexcept Exception:\n    pass',
    "vars()['x'](1)",
    'class A(B):\n    x = load()',
    "print('a', 1)",
    "f(os.popen('id').read())",
    "x = lambda: call('id')",
  ],
  JavaScript: [
    "[].concat.constructor('return this')()",
    "this['ev' + 'al']('1')",
    '(() => { go() })()',
    'const a = await load()',
    "import fs from 'node:fs'",
    'new Image().src = x',
    'items.forEach(function (i) { send(i) })',
    'setTimeout(go, 10)',
    'for (;;) { spin() }',
    'class A { b() { return 1 } }',
    'try { a() } catch { b() }',
    'document.title = x',
    'throw new Error("x")',
    '(async () => (await fetch("//a.example")).text())()',
  ],
  PHP: [
    "$f = 'sys' . 'tem'; $f('id');",
    "$a['x']($b);",
    'foreach ($list as $item) { drop($item); }',
    'function go($x) { return $x; }',
    'new Mailer($to);',
    "include $path . '.php';",
    '$db->query($sql);',
    "echo strtoupper(getenv('X'));",
    'Runner::start($job);',
    '$x = <<<EOT\nhello\nEOT;\nrun($x);',
    'if ($a === 1) { unlink($b); }',
    'use App\\Jobs\\Run;',
  ],
  PowerShell: [
    "& ('i' + 'ex') $x",
    '$c = New-Object Net.Sockets.TcpClient',
    "[Convert]::FromBase64String('aQBk')",
    'Get-ChildItem -Recurse | Remove-Item -Force',
    'foreach ($p in $all) { Stop-Process $p }',
    '$env:Path += ";C:\\x"',
    "'{1}{0}' -f 'x', 'ie'",
    'function Go { param($a) Start-Process $a }',
    "-join ('a', 'b')",
    '$w.DownloadString($u)',
    'try { Get-Item x } catch { }',
    '. { whoami }',
    '[char]105 + [char]101',
  ],
  Ruby: [
    "Kernel.send(:system, 'id')",
    'names.each { |n| drop(n) }',
    "require 'socket'",
    'def go(x)\n  x.call\nend',
    "File.open('/x') { |f| f.read }",
    '[1, 2].map(&:to_s)',
    "Object.const_get('Ker' + 'nel')",
    'loop do\n  run_it\nend',
    "raise 'x' unless ok",
    '%x(id)',
    "instance_eval('1')",
    'begin\n  a\nrescue\n  b\nend',
    "puts 'a'",
    'TCPSocket.new("a", 1)',
  ],
};

describe.each(Object.entries(code))('code in %s', (language, snippets) => {
  it.each(snippets)('%s', (text) => {
    expect(findLanguage(text)).toBeDefined();
  });
  it('is called by its name where no other language can say the same', () => {
    expect(snippets.map((text) => findLanguage(text))).toContain(language);
  });
});

/** What parses as one of the languages, or nearly, and is data. */
it.each([
  'sum(rate(http_requests_total{job="api"}[5m])) by (job)',
  'histogram_quantile(0.9, rate(x_bucket[10m]))',
  'group without(point)(data)',
  'a unless ignoring(group) b{instance="0"}',
  'SELECT now(), count(*) FROM users WHERE id = 1',
  'SELECT TOP 10 * FROM [dbo].[Users]',
  'import data',
  'for use in production: yes',
  'class A: first class',
  'lambda:InvokeFunction',
  'See Foo.bar(x) and the manual',
  'new feature(s)',
  'let it be',
  'hello world (see below)',
  'try this: it works',
  '%(asctime)s [%(levelname)s] %(message)s',
  '{{ printf "%s-%s" .Release.Name .Chart.Name }}',
  '{{ .Values.image | default "x" | quote }}',
  'jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521)))',
  'Host(`example.com`) && PathPrefix(`/api`)',
  'if ($request_method = POST) { return 405; }',
  'map $http_upgrade $connection_upgrade { default upgrade; }',
  '$remote_addr - [$time_local] "$request" (x)',
  '(&(objectClass=person)(uid=%s))',
  "//book[@lang='en']/title/text()",
  'people[?age > `20`].[name, age]',
  "self.metadata.name.startsWith('x') && self.spec.size() > 3",
  "g.V().has('name', 'a').out('knows')",
  "default-src 'none'; connect-src 'self'; upgrade-insecure-requests",
  'filter { if [type] == "nginx" { grok { match => { "a" => "b" } } } }',
  '.a{color:red}.b:hover{top:0}',
  "define('WP_DEBUG', true);",
  'system:node-proxier',
  '^(a|b)(c|d)$',
  '[a](https://a.example/b)',
  '-Xmx512m -XX:OnOutOfMemoryError="kill -9 %p"',
  '%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg%n',
  '$(POD_NAME).$(POD_NAMESPACE).svc',
  'A=1\nB=two words\n# a comment',
  'name: x\nitems:\n  - a\n  - b: [1, 2]\n',
  '{"a": [1, {"b": "c"}], "d": null}',
  '',
])('no code: %s', (text) => {
  expect(findLanguage(text)).toBeUndefined();
});

it('finds code among sentences and behind much else', () => {
  expect(findLanguage('This is how it works in our house.\nimport os\nos.system("id")\n')).toBe('Python');
  expect(findLanguage(`${'# nothing here\n'.repeat(1500)}import os\nos.system("id")\n`)).toBe('Python');
});

it('is the same each time', () => {
  const texts = Object.values(code).flat();
  expect(texts.map((text) => findLanguage(text))).toEqual(texts.map((text) => findLanguage(text)));
});

it.each([
  '(',
  '[',
  '{',
  '%w(',
  '#{"',
  '<<A\n',
  '"$(',
  'f"{',
  '((',
  '[x for ',
  '$a[',
  '`',
  'a(',
  '$(',
  '<?php ',
  '\\',
  '\u0000',
  '😀',
  '%q{',
  '@"\n',
])('is bounded for what is repeated: %j', (piece) => {
  expect(typeof findLanguage(`f(1); import os ${piece.repeat(20_000)}`)).toMatch(/string|undefined/);
});

describe('what an interpreter is started on', () => {
  it.each([
    ['Python', "getattr(__import__('o' + 's'), 'sys' + 'tem')('id')"],
    ['Python', "from os import system as s; s('id')"],
    ['JavaScript', "[].constructor.constructor('return 1')()"],
    ['PHP', "$f = 'sys' . 'tem'; $f('id');"],
    ['Ruby', '`id`'],
    ['PowerShell', "& ('i' + 'ex') 'whoami'"],
  ])('%s acts: %s', (language, text) => {
    expect(findLanguage(text, language)).toBe(language);
  });

  it.each([
    ['Python', "import sys; print('os.system is not used')"],
    ['Python', "import urllib.request; urllib.request.urlopen('http://localhost:8000/health')"],
    ['JavaScript', "require('http').get('http://localhost', (r) => process.exit(r.statusCode === 200 ? 0 : 1))"],
    ['PHP', "exit(file_get_contents('http://localhost/ping') ? 0 : 1);"],
    ['Ruby', "require 'net/http'; exit Net::HTTP.get_response(URI('http://localhost')).is_a?(Net::HTTPSuccess)"],
    ['PowerShell', 'try { Invoke-WebRequest http://localhost; exit 0 } catch { exit 1 }'],
  ])('%s does not: %s', (language, text) => {
    expect(findLanguage(text, language)).toBeUndefined();
  });
});

it('gives up where it would take too long, and says what it took', () => {
  const patience = { left: 40 };
  expect(findIn("$a ` ( } @a 'a ".repeat(3000), patience)).toBeUndefined();
  expect(patience.left).toBeLessThanOrEqual(0);
  expect(findIn('import os', patience)).toBeUndefined();
});

it('takes what makes a grammar fail for what it is', () => {
  const text = `x = <<"${'A b'.repeat(200)}"\nputs 1\n`;
  for (let count = 0; count < 200; count++) expect(findLanguage(text, 'Ruby')).toBe('Ruby');
  expect(findLanguage('import os')).toBe('Python');
});
