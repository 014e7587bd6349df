import { describe, expect, it } from 'vitest';
import { redactAll, redactLabels } from './redact-all.ts';

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
    ['/home/u/https:/user:s3cr3t-word@host/x', '/home/u/https:/user:[redacted]@host/x'],
    [
      'pkg:a/b@1?vcs_url=https%3A%2F%2Fuser%3As3cr3t-word%40host',
      'pkg:a/b@1?vcs_url=https%3A%2F%2Fuser%3A[redacted]%40host',
    ],
    ['x https%253a%252F%252Fuser%253As3cr3t-word%2540host', 'x https%253a%252F%252Fuser%253A[redacted]%2540host'],
    ['DB_PASSWORD%3Dhunter2secret', 'DB_PASSWORD%3D[redacted]'],
    [
      'RUN curl https://me:s3cr3tpw@x.example && NPM_TOKEN=abcdef123456 npm ci',
      'RUN curl https://me:[redacted]@x.example && NPM_TOKEN=[redacted] npm ci',
    ],
    ['100%25 of 5%2B3', '100%25 of 5%2B3'],
  ])('loses it from %s, and nothing else', (text, expected) => {
    expect(redactAll({ text })).toEqual({ text: expected });
  });

  it('loses all of them, however many', () => {
    const text = Array.from({ length: 300 }, (_, n) => `-e K${n}=${token}${n} PASSWORD_${n % 100}=hunter2-${n}`).join(
      ' ',
    );
    const left = redactAll(text);
    expect(left).not.toContain(token);
    expect(left).not.toContain('hunter2-');
  });

  it('keeps parts whose keys differ by their secrets alone', () => {
    const other = token.replace('aB3', 'xY7');
    expect(redactAll({ [token]: 1, [other]: 2, a: 3 })).toEqual({ '[redacted]': 1, '[redacted] (2)': 2, a: 3 });
  });

  it('costs no more by its depth than by its size', () => {
    let value: unknown = { token };
    for (let depth = 0; depth < 2000; depth++) value = { a: value };
    expect(JSON.stringify(redactAll(value))).not.toContain(token);
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

describe('labels', () => {
  it('lose the value whose name says that it is secret, and what looks like one', () => {
    const labels = {
      'com.example.db-password': 'hunter2hunter2',
      note: `by ${token}`,
      'a.token': 'file:/run/t',
      b: 'c',
    };
    expect(redactLabels(labels)).toEqual({
      'com.example.db-password': '[redacted]',
      note: 'by [redacted]',
      'a.token': 'file:/run/t',
      b: 'c',
    });
  });
});
