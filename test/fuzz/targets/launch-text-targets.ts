import { LaunchError, parseCompose, parseRunLine, parseStrictJson, parseYamlText } from '../../../src/launch/index.ts';
import { splitShellWords } from '../../../src/launch/shell-words.ts';
import type { LaunchRequest, LaunchSet } from '../../../src/model/index.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

/** What must hold of every launch that was read, whatever was asked. */
function checkSet(set: LaunchSet): LaunchSet {
  for (const request of set.requests) {
    if (request.action === 'start' && !request.image) throw new FuzzFinding('a start has no image');
    for (const { target } of request.mounts)
      if (!target.startsWith('/') && !/^[$<]/.test(target)) throw new FuzzFinding('a mount has no absolute target');
    for (const { value } of request.security.capabilities ?? [])
      if (!/^[A-Z_]+$/.test(value)) throw new FuzzFinding('a capability is no name of one');
    for (const port of request.ports)
      if ((port.container ?? 0) > 65535 || (port.host ?? 0) > 65535) throw new FuzzFinding('a port is none');
    checkPaths(request);
  }
  return set;
}

function checkPaths({ environment, mounts, others, devices, ports, command = [] }: LaunchRequest): void {
  for (const { path } of [...environment, ...mounts, ...others, ...devices, ...ports, ...command])
    if (typeof path !== 'string') throw new FuzzFinding('something has no place');
}

const composeSeeds = [
  'services:\n  web:\n    image: a:1\n    ports: ["80:80", {target: 1}]\n    environment: {A: "${B:-c}"}\n    command: sh -c "x"\n',
  'x-base: &x {privileged: true}\nservices:\n  a: {image: b, <<: *x, volumes: [d:/d, "/a:/b:ro"], healthcheck: {test: [CMD, x]}}\nvolumes: {d: {driver_opts: {o: bind}}}\n',
  'services:\n  a: {image: b, cap_add: [ALL], secrets: [s], networks: [n], deploy: {resources: {limits: {memory: 1g}}}}\n  c: {extends: a, gpus: all, user: "0"}\nsecrets: {s: {file: ./s}}\n',
];

export const launchTextTargets: readonly FuzzTarget[] = [
  {
    name: 'launch/strict-json',
    covers: ['launch/strict-json.ts'],
    seeds: ['{"a":[1,-2.5e3,true,null,"\\u0041\\n"],"b":{"c":{}}}', ' [ ] ', '"\\ud83d\\ude00"'],
    words: ['{', '}', '[', ']', '"', ':', ',', '\\u', '\\ud800', '1e', '-', '"a":', '"A":', '\u017f', '\u212a'],
    refuses: [LaunchError],
    run(bytes) {
      const value = parseStrictJson(bytes);
      // What is taken is JSON to everybody, and says the same.
      const other: unknown = JSON.parse(Buffer.from(bytes).toString());
      if (JSON.stringify(value) !== JSON.stringify(other)) throw new FuzzFinding('JSON is read as another');
      return value;
    },
  },
  {
    name: 'launch/yaml-text',
    covers: ['launch/yaml-text.ts'],
    seeds: ['a: &x {b: 1}\nc: *x\nd: {<<: *x}\n---\n- 1\n', ...composeSeeds],
    words: [
      '&a ',
      '*a',
      '<<: ',
      '- ',
      '? ',
      ': ',
      '!!str ',
      '%YAML 1.1\n',
      '---\n',
      '{',
      '}',
      '[',
      ']',
      '|\n',
      '"',
      "'",
    ],
    refuses: [LaunchError],
    run(bytes) {
      const documents = parseYamlText(Buffer.from(bytes).toString(), 'fuzz.yaml');
      for (const { lineOf } of documents)
        for (const path of ['', 'a', 'd.b', 'services.web.ports[0]', '["x"]'])
          if ((lineOf(path) ?? 1) < 1) throw new FuzzFinding('a line is none');
      // Whatever aliases did, it can be written out.
      if (JSON.stringify(documents.map(({ value }) => value)).length > 64 * 1024 * 1024)
        throw new FuzzFinding('aliases made it huge');
      return documents.map(({ value }) => value);
    },
  },
  {
    name: 'launch/compose',
    covers: ['launch/compose/', 'launch/port-text.ts', 'launch/mount-text.ts', 'launch/value-text.ts'],
    seeds: composeSeeds,
    words: [
      'services:',
      'image: ',
      'extends: ',
      'env_file: [e]',
      'volumes: ',
      'security_opt: [label=',
      'post_start: ',
      '${',
      '}',
      ':-',
      ':?',
      '$$',
      '<<: *x',
      'configs: ',
      'type: bind',
      'null',
      '"1-9:1-9"',
    ],
    refuses: [LaunchError],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      const files = new Map([['e', text]]);
      return checkSet(parseCompose(text, 'compose.yaml', { variables: new Map([['B', 'b:$c']]), files }));
    },
  },
  {
    name: 'launch/run-line',
    covers: [
      'launch/run/',
      'launch/namespace-text.ts',
      'launch/shell-words.ts',
      'launch/security-options.ts',
      'launch/docker-defaults.ts',
    ],
    seeds: [
      'docker run -itd --name n -e A=$X -v "$PWD":/b:ro -p 80:80 --mount type=bind,src=/a,dst=/b img sh -c \'x\' | tee y',
      'sudo podman run --cap-add A,B --security-opt label=disable --network host --user 0:0 --device /dev/a img'.replace(
        'A,B',
        'SYS_TIME',
      ),
      'docker exec -u root c sh',
    ],
    words: ['--', '-', '=', '$(', ')', '${', '}', '"', "'", '`', '\\\n', '&&', '|', '>', '<a b>', '$', '--env ', '-v '],
    refuses: [LaunchError],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      for (const token of splitShellWords(text, ''))
        if (token.kind === 'word' && token.expansions.length === 0 && token.text !== token.plain)
          throw new FuzzFinding('a word without expansions has two forms');
      return checkSet(parseRunLine(text));
    },
  },
];
