import { expect, it } from 'vitest';
import { parseFeedLocation } from './source/feed-location.ts';
import { wellKnownFeeds } from './well-known-feeds.ts';

it('well-known feeds are told apart by their names, and are fetched where nobody can listen in', () => {
  expect(new Set(wellKnownFeeds.map((feed) => feed.id)).size).toBe(wellKnownFeeds.length);
  expect(new Set(wellKnownFeeds.map((feed) => feed.location)).size).toBe(wellKnownFeeds.length);
  for (const { id, location } of wellKnownFeeds) {
    expect(id).toMatch(/^[a-z0-9.-]+$/);
    expect(parseFeedLocation(location)).toMatchObject({ kind: 'url', url: { protocol: 'https:' } });
  }
});
