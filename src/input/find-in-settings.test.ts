import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { findInSettings } from './find-in-settings.ts';

describe('settings in a file', () => {
  it.each([
    ['of sections', '[db]\nhost = a.example; cat /etc/hosts\nport = 1\n'],
    ['of YAML', '# of the database\ndb:\n  host: "a$(id)"\n  port: 1\n'],
    ['of JSON in one line', '{"host":"a; cat /etc/hosts","port":1}'],
    ['of JSON', '{\n  "db": {\n    "host": "a; cat /etc/hosts"\n  }\n}\n'],
    ['of variables', 'PORT=1\nNAME=`id`\n'],
    ['that are encoded', `A=1\nSITE=${Buffer.from('cat /etc/hosts; id').toString('base64')}\n`],
  ])('%s', (_, text) => {
    expect(findInSettings(text, findLanguage, { left: 1000 })[0]?.what).toMatch(/^a setting in which stands/);
  });

  it.each([
    ['none', 'a: b\nc: d\n'],
    ['a command where a command is expected', '[Service]\nExecStart=/bin/sh -c "a; ls -la"\n'],
    ['a script within YAML', 'steps:\n  note: |\n    tag=$(date)\n    cat /etc/hosts\nname: x\n'],
    ['a grammar of its own', 'server {\n  listen 80;\n  location / { return 200 $uri; }\n}\n'],
    ['a program', 'x = subprocess.run(y)\nfor a in b:\n  print(a)\nprint(1)\nprint(2)\n'],
    ['a comment', 'a = b # see `date`\n; c = `id`\n'],
    ['a command in JSON', '{"scripts":{"build":"tsc && cat a.txt"}}'],
  ])('%s', (_, text) => {
    expect(findInSettings(text, findLanguage, { left: 1000 })).toEqual([]);
  });
});
