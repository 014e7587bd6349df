import { describe, expect, it } from 'vitest';
import { fixedClock, silentLog } from '../base/index.ts';
import type { FeedView } from '../model/wire/index.ts';
import { refreshDue } from './refresh-feeds.ts';
import type { FeedService } from './services.ts';

const clock = fixedClock('2026-03-02T00:00:00Z');

function feed(id: string, location: string, importedAt: string | null): FeedView {
  return {
    id,
    format: 'osv',
    location,
    importedAt,
    changedAt: importedAt,
    dataAsOf: importedAt,
    ageDays: null,
    state: 'fresh',
    advisories: 0,
    rejected: 0,
    skipped: 0,
    coverage: [],
    isVerified: false,
    lastAttempt: null,
  };
}

describe('refreshDue', () => {
  it('imports again what comes by URL and is a day old, and goes on after one that fails', async () => {
    const updated: (string | undefined)[] = [];
    const feeds: FeedService = {
      list: async () => [
        feed('old', 'https://feeds.example/old', '2026-02-28T00:00:00Z'),
        feed('never', 'https://feeds.example/never', null),
        feed('fresh', 'https://feeds.example/fresh', '2026-03-01T23:00:00Z'),
        feed('file', '/srv/feeds/file.json', '2020-01-01T00:00:00Z'),
      ],
      update: async (id) => {
        updated.push(id);
        if (id === 'old') throw new Error('the disk is full');
        return [];
      },
      export: async function* () {},
      import: async () => [],
      statements: async () => ({ items: [], total: 0 }),
      authors: async () => [],
      trust: async () => false,
      add: async () => Promise.reject(new Error('not asked')),
      remove: async () => false,
    };
    await refreshDue({ feeds, clock, log: silentLog }, new AbortController().signal);
    expect(updated).toEqual(['old', 'never']);
  });
});
