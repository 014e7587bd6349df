import { describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.ts';
import { parseStrictJson } from '../strict-json.ts';
import { parseDockerCreate } from './parse-docker-create.ts';

function refusal(text: string): string {
  try {
    parseDockerCreate(parseStrictJson(text));
    return 'nothing was refused';
  } catch (error) {
    if (error instanceof LaunchError) return error.message;
    throw error;
  }
}

describe('what bypasses a rule that looks at HostConfig.Privileged', () => {
  it.each([
    ['a key in lower case', '{"Image":"a","hostconfig":{"privileged":true}}', /^hostconfig: .*"HostConfig"/],
    [
      'a key in upper case',
      '{"Image":"a","HostConfig":{"PRIVILEGED":true}}',
      /^HostConfig\.PRIVILEGED: .*"Privileged"/,
    ],
    ['a key with a long s', '{"Image":"a","Ho\u017ftConfig":{"Privileged":true}}', /taken for "HostConfig"/],
    ['an escaped long s', '{"Image":"a","Ho\\u017ftConfig":{"Privileged":true}}', /taken for "HostConfig"/],
    ['a Kelvin sign', '{"Image":"a","HostConfig":{"Networ\u212aMode":"host"}}', /taken for "NetworkMode"/],
    ['two keys', '{"Image":"a","HostConfig":{},"HostConfig":{"Privileged":true}}', /there twice/],
    ['two keys that differ in case', '{"Image":"a","HostConfig":{},"hostConfig":{"Privileged":true}}', /case/],
    ['a second document', '{"Image":"a"}{"HostConfig":{"Privileged":true}}', /follows/],
    ['a byte order mark', '\ufeff{"Image":"a"}', /byte order mark/],
    ['the key at the top', '{"Image":"a","Privileged":true}', /^Privileged: .*its place is HostConfig/],
    ['a field of old versions at the top', '{"Image":"a","VolumesFrom":["b"]}', /its place is HostConfig/],
    ['a key that nobody knows', '{"Image":"a","HostConfig":{"Superpowers":true}}', /"Superpowers" is not known/],
    ['a prototype', '{"Image":"a","__proto__":{"HostConfig":{"Privileged":true}}}', /__proto__/],
    ['a constructor', '{"Image":"a","HostConfig":{"constructor":true}}', /constructor/],
    ['a mount\u2019s key', '{"Image":"a","HostConfig":{"Mounts":[{"type":"bind"}]}}', /Mounts\[0\]\.type/],
    [
      'a driver\u2019s key',
      '{"Image":"a","HostConfig":{"Mounts":[{"VolumeOptions":{"driverConfig":{}}}]}}',
      /driverConfig/,
    ],
    [
      'a text for a flag',
      '{"Image":"a","HostConfig":{"Privileged":"true"}}',
      /^HostConfig\.Privileged: it must be true or false/,
    ],
    ['a number for a flag', '{"Image":"a","HostConfig":{"Privileged":1}}', /must be true or false/],
    ['a list for an object', '{"Image":"a","HostConfig":[]}', /^HostConfig: it must be an object, not a list/],
    [
      'a text for a list',
      '{"Image":"a","HostConfig":{"Binds":"/:/x"}}',
      /^HostConfig\.Binds: it must be a list, not a text/,
    ],
    ['a fraction', '{"Image":"a","HostConfig":{"Memory":1.5}}', /must be an integer/],
    ['nothing in a list', '{"Image":"a","HostConfig":{"Mounts":[null]}}', /Mounts\[0\]: it must not be null/],
    ['a port range as a key', '{"Image":"a","ExposedPorts":{"1-65535/tcp":{}}}', /is one number/],
    ['a port with content', '{"Image":"a","ExposedPorts":{"1/tcp":{"x":1}}}', /"x" is not known/],
    [
      'more ports than there are',
      '{"Image":"a","HostConfig":{"PortBindings":{"1/tcp":[{"HostPort":"1-60000"}]}}}',
      /more than 10000/,
    ],
    [
      'a health check of a kind of its own',
      '{"Image":"a","Healthcheck":{"Test":["sh"]}}',
      /begins with NONE, CMD or CMD-SHELL/,
    ],
    [
      'an unknown type of a mount',
      '{"Image":"a","HostConfig":{"Mounts":[{"Type":"Bind","Target":"/a"}]}}',
      /no type of a mount/,
    ],
    ['a relative target', '{"Image":"a","HostConfig":{"Mounts":[{"Type":"bind","Target":"a"}]}}', /no absolute path/],
    ['no image', '{"HostConfig":{"Privileged":true}}', /names no image/],
    ['no object', '[]', /must be an object/],
    ['null', 'null', /must be an object, not null/],
  ])('is refused: %s', (_, text, message) => expect(refusal(text)).toMatch(message));
});
