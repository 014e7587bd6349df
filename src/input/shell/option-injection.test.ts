import { expect, it } from 'vitest';
import { findLanguage } from '../../../test/fakes/languages.ts';
import { findInValue } from '../find-in-value.ts';

const rules = (value: string): readonly string[] => findInValue(value, 1, findLanguage).marks.map(({ rule }) => rule);

it.each([
  '--checkpoint-action=exec=sh --checkpoint=1',
  '--to-command=/tmp/x.sh',
  '--use-compress-program=/tmp/x',
  '-o ProxyCommand=/bin/sh\\ -c\\ x',
  '-o LocalCommand=/tmp/x -o PermitLocalCommand=yes',
  "git -c core.sshCommand='sh -c x' fetch",
  "git -c alias.x='!touch /a' x",
  '--use-askpass=/tmp/x.sh',
  'docker run --privileged alpine',
  'podman run -v /:/h alpine',
  'git clone ext::sh -c x',
  "mysql -e '\\! /bin/sh'",
  '--gpu-launcher="x >/tmp/y"',
  '-execdir id ;',
  '-e sh -c x',
  '-agentpath:/a/x.so',
  '-XX:OnError=reboot',
  '-c core.pager=x',
  '--open-files-in-pager=x',
  '--rcfile /dev/shm/x',
  '-I /tmp/x.sh',
  '-oProxyCommand=x',
  '--init-command=\\! x',
  '--config=hooks.pre-x=!y',
  '--sandbox-executable=/srv/x',
  '--require=/tmp/x.js',
  '--output-document=/etc/cron.d/a',
  '-o ~/.ssh/authorized_keys',
  '-sDEVICE=x -sOutputFile=%pipe%reboot',
  '--privileged -v /:/h',
])('an option that starts a program: %s', (value) => {
  expect(rules(value)).toContain('input/shell-injection');
});

it.each([
  '-o ProxyCommand="ssh -W %h:%p -q bastion.example"',
  '-o ProxyCommand=none',
  '-o ControlMaster=auto -o ControlPersist=60s',
  '--use-compress-program=pigz',
  '--use-compress-program=zstd',
  '--use-compress-program=zstd --exclude=./tmp',
  '--checkpoint=100 --checkpoint-action=dot',
  'git -c core.sshCommand="ssh -i /run/secrets/key" fetch',
  'git -c core.pager=cat log',
  '--info-script-name',
  '-c core.autocrlf=false',
  '-exec.parallel=4',
  '-e production',
  '-javaagent:/opt/apm/agent.jar',
  '-XX:+ExitOnOutOfMemoryError',
  '-r ./tracing.js',
  '--output=/var/log/app.log',
  '--plugin-dir=/opt/plugins',
  '--privileged',
  '-jar /tmp/app.jar',
  '--output=/tmp/bundle.js',
])('an option that is usual: %s', (value) => {
  expect(rules(value)).toEqual([]);
});
