import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect-format.ts';

const long = 'x'.repeat(70_000);

describe('the format of a feed', () => {
  it.each([
    ['{"id":"A-1","modified":"2024-01-01T00:00:00Z"}', 'osv'],
    [`{"id":"A-1","details":"${long}`, 'osv'],
    ['[{"schema_version":"1.6.0","id":"A-1","affected":[]}]', 'osv'],
    ['\ufeff\n {\n  "affected": [],\n  "id": "A-1"', 'osv'],
    ['{"id":"A-1","summary":"cut\n{"id":"A-2"}', 'osv'],
    ['[]', 'osv'],
    ['{"distroversion":"v3.19","packages":[]}', 'alpine-secdb'],
    ['{"apkurl":"{{urlprefix}}/","archs":["x86_64"]', 'alpine-secdb'],
    ['{"_path":"v3.10/main.yaml","distroversion":"v3.10"', 'alpine-secdb'],
    ['{"0ad":{"CVE-2020-1":{"description":', 'debian-tracker'],
    ['{"zzz":{"TEMP-0000000-ABCDEF":{"releases":', 'debian-tracker'],
    ['{"id":"A-1"}', undefined],
    ['{"name":"x","dependencies":{"a":"1"}}', undefined],
    ['{}', undefined],
    ['', undefined],
    ['id: A-1', undefined],
    ['<html>', undefined],
    ['{"x":{"y":{"CVE-2020-1":1}}}', undefined],
  ])('of %.60j is %s', (text, format) => {
    expect(detectFormat(Buffer.from(text))).toBe(format);
  });
});
