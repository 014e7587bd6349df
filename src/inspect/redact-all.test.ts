import { describe, expect, it } from 'vitest';
import { redactAll } from './redact-all.ts';

const token = `ghp_${'aB3'.repeat(12)}`;

describe('a value from outside', () => {
  it('loses its secrets wherever they are', () => {
    const value = {
      path: `/srv/${token}/x`,
      list: ['a', `https://user:s3cr3t-word@example.com/a.tgz`, { deep: [`x ${token}`] }],
      labels: { [`key-${token}`]: 'v', DB_PASSWORD: 'in a key of its own' },
      purl: `pkg:npm/a@1?token=${token.slice(4)}&arch=amd64`,
      number: 7,
      none: null,
    };
    const text = JSON.stringify(redactAll(value));
    for (const secret of [token, 's3cr3t-word', token.slice(4)]) expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({
      path: '/srv/[redacted]/x',
      list: ['a', 'https://user:[redacted]@example.com/a.tgz', { deep: ['x [redacted]'] }],
      purl: 'pkg:npm/a@1?token=[redacted]&arch=amd64',
      number: 7,
      none: null,
    });
  });

  it.each([
    ['/app/AKIAQWERTYUIOPASDFGH/x', '/app/[redacted]/x'],
    ['/app/AKIAQWERTYUIOPASDFGH', '/app/[redacted]'],
    [`/srv/x_${token}_y`, '/srv/x_[redacted]_y'],
  ])('loses it from the path %s', (path, expected) => {
    expect(redactAll({ path })).toEqual({ path: expected });
  });

  it('that has none is the same', () => {
    const value = {
      components: [{ purl: 'pkg:deb/debian/a@1?arch=amd64&distro=debian-12', locations: ['/var/lib/dpkg/status'] }],
      facts: { labels: { build: 'KEY=1', a: 'b=c' }, at: 7 },
    };
    expect(redactAll(value)).toBe(value);
  });

  it('cannot reach for prototypes by its keys', () => {
    const value = JSON.parse(`{"__proto__": {"polluted": "${token}"}, "constructor": "${token}"}`);
    redactAll(value);
    expect({}).not.toHaveProperty('polluted');
  });
});
