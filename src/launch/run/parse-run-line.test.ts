import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { LaunchError } from '../launch-error.ts';
import { parseRunLine } from './parse-run-line.ts';

const at = (value: unknown, path: string) => ({ value, path });

function only(line: string | readonly string[]): LaunchRequest {
  const { form, requests } = parseRunLine(line);
  expect([form, requests.length]).toEqual(['run', 1]);
  return requests[0] as LaunchRequest;
}

function refusal(line: string): LaunchError {
  try {
    parseRunLine(line);
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('where the image stands', () => {
  const words = (request: LaunchRequest) => [
    request.image?.value,
    ...(request.command ?? []).map(({ value }) => value),
  ];

  it.each<[line: string, words: string[]]>([
    ['docker run a', ['a']],
    ['docker run -it --rm a sh -c "b c"', ['a', 'sh', '-c', 'b c']],
    ['docker run -itd a -v /x:/y', ['a', '-v', '/x:/y']],
    ['docker run -p 80:80 -p81:81 -eA=1 -e=B=2 -e C=3 a', ['a']],
    ['docker run -ite A=1 a', ['a']],
    ['docker run --name n --name=n a', ['a']],
    ['docker run --init a', ['a']],
    ['docker run --privileged=false a', ['a']],
    ['docker run --privileged false', ['false']],
    ['docker run -- a --privileged', ['a', '--privileged']],
    ['docker run -h host a', ['a']],
    ['docker run a --help', ['a', '--help']],
    ['docker create a', ['a']],
    ['docker container run a b', ['a', 'b']],
    ['podman run --systemd true a', ['a']],
    ['podman --cgroup-manager cgroupfs run a', ['a']],
    ['/usr/bin/docker run a', ['a']],
    ['docker.exe run a', ['a']],
    ['sudo docker run a', ['a']],
    ['$ docker run a', ['a']],
    ['# docker run a', ['a']],
    ['user@host:~$ sudo docker run a', ['a']],
    ['docker run \\\n  -d \\\n  a # and then\n', ['a']],
    ['docker run a "x  y" \'$z\'', ['a', 'x  y', '$z']],
  ])('%s', (line, expected) => {
    expect(words(only(line))).toEqual(expected);
  });

  it('takes words as they are', () => {
    const request = only(['docker', 'run', '-e', 'A=$B && c', 'a', '|', '$x']);
    expect(words(request)).toEqual(['a', '|', '$x']);
    expect(request.environment).toEqual([{ name: 'A', value: '$B && c', path: '--env[0]' }]);
    expect(request.others).toEqual([]);
  });

  it('says where the image and the command are', () => {
    const request = only('docker run nginx:1.27 -g x');
    expect(request.image).toMatchObject({ path: 'image', reference: { tag: '1.27' } });
    expect(request.command).toEqual([at('-g', 'command[0]'), at('x', 'command[1]')]);
    expect(only('docker run nginx').command).toBeUndefined();
  });

  it('reads an exec as one, without an image', () => {
    const request = only('docker exec -it -u 0 --privileged -e A=1 -w /w web sh');
    expect(request).toMatchObject({
      action: 'exec',
      name: 'web',
      command: [at('sh', 'command[0]')],
      user: at({ text: '0', uid: 0 }, '--user'),
      workingDirectory: at('/w', '--workdir'),
      security: { privileged: at(true, '--privileged') },
      environment: [{ name: 'A', value: '1', path: '--env[0]' }],
    });
    expect(request.image).toBeUndefined();
  });
});

describe('what stands beside the launch', () => {
  it.each<[line: string, others: [string, string][]]>([
    ['docker run a | grep b', [['shell command', 'grep b']]],
    [
      'docker pull a && docker run a; rm -rf /',
      [
        ['shell command', 'docker pull a'],
        ['shell command', 'rm -rf /'],
      ],
    ],
    [
      'docker run a > out 2>&1',
      [
        ['shell redirection', '> out'],
        ['shell redirection', '>& 1'],
      ],
    ],
    ['DOCKER_HOST=tcp://h docker run a', [['shell assignment', 'DOCKER_HOST=tcp://h']]],
    [
      'docker -H tcp://h run a',
      [
        ['option of the engine', '-H'],
        ['option of the engine', 'tcp://h'],
      ],
    ],
    ['sudo -E docker run a', [['option before the engine', '-E']]],
    [
      'docker run $IMAGE sh -c "$(curl x)"',
      [
        ['shell expansion', 'IMAGE'],
        ['shell expansion', 'curl x'],
      ],
    ],
  ])('%s', (line, others) => {
    const request = only(line);
    expect(request.others.map(({ name, value }) => [name, value])).toEqual(others);
  });

  it('gives every launch of a line', () => {
    const { requests } = parseRunLine('docker run -d a && docker exec b c');
    expect(requests.map(({ action, path }) => [action, path])).toEqual([
      ['start', ''],
      ['exec', 'line[1]'],
    ]);
  });
});

describe('what is refused', () => {
  it.each([
    ['', ''],
    ['docker ps', ''],
    ['echo docker run a', ''],
    ['docker run', 'image'],
    ['docker run -d', 'image'],
    ['docker run --name', '--name'],
    ['docker exec', 'container'],
    ['docker run --privilegd a', '--privilegd'],
    ['docker run --PRIVILEGED a', '--PRIVILEGED'],
    ['docker run -x a', '-x'],
    ['docker run --v /a:/b a', '--v'],
    ['docker run --privileged=maybe a', '--privileged'],
    ['docker run -e =x a', '--env[0]'],
    ['docker run -v a:b:c:d a', '--volume[0]'],
    ['docker run -p x:y a', '--publish[0]'],
    ['docker run -m lots a', '--memory'],
    ['docker run --cpus lots a', '--cpus'],
    ['docker run --cap-add SYS_X a', '--cap-add[0]'],
    ['docker run -u 4294967296 a', '--user'],
    ['docker run --tmpfs x a', '--tmpfs[0]'],
    ['docker exec --volume /:/h c', '--volume'],
    ['docker --strange run a', '--strange'],
    ['docker run "a', ''],
  ])('%s', (line, path) => {
    expect(refusal(line).path).toBe(path);
  });

  it('names the nearest flag', () => {
    expect(refusal('docker run --privilegd a').remedy).toBe('Is --privileged meant?');
    expect(refusal('docker run --volumes /a:/b a').remedy).toBe('Is --volume meant?');
    expect(refusal('docker run --qwertyuiop a').remedy).toBeUndefined();
  });

  it('shows no value of a variable', () => {
    for (const line of ['docker run -e A=hunter2', 'docker run -e "A=hunter2', 'docker run -e A=hunter2 --foo a'])
      expect(refusal(line).message).not.toContain('hunter2');
  });
});
