import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { FleetEvent } from './wire.ts';

export interface Progress {
  readonly bytes: number;
  readonly totalBytes: number | undefined;
}
export interface LiveState {
  readonly connected: boolean;
  /** Bytes read so far, by source, of what is being read now. */
  readonly reading: ReadonlyMap<string, Progress>;
  /** Feeds that are being imported, and those whose last import failed in this session, with the reason. */
  readonly importing: ReadonlySet<string>;
  readonly failedFeeds: ReadonlyMap<string, string>;
  /** What was told of traffic in the last moments, the newest last. */
  readonly traffic: readonly TrafficNews[];
}
export type TrafficNews = Extract<FleetEvent, { readonly type: 'traffic' }>;

const eventTypes = [
  'containers',
  'image',
  'progress',
  'host',
  'engine',
  'feed',
  'judged',
  'drift',
  'certificate',
  'launch',
  'traffic',
  'newly-affected',
  'no-longer-affected',
] as const;
/** What each event makes stale, by the first word of query keys. */
const stale: Readonly<Record<FleetEvent['type'], readonly string[]>> = {
  containers: ['overview', 'containers', 'who-runs', 'images'],
  image: ['overview', 'images', 'passport', 'who-runs', 'suggest'],
  progress: [],
  host: ['overview', 'passport', 'suggest'],
  drift: ['drift'],
  certificate: ['certificates'],
  launch: ['launches', 'tickets'],
  traffic: ['groups', 'flows', 'traffic'],
  engine: ['overview'],
  feed: ['overview', 'feeds', 'vex'],
  'newly-affected': ['changes', 'overview', 'notifications'],
  'no-longer-affected': ['changes', 'overview'],
  judged: ['overview', 'images', 'passport'],
};
const refreshEvery = 1000;
const retryAfter = 4000;
const newsFor = 15_000;
const mostNews = 50;

let state: LiveState = {
  ...{ connected: true, reading: new Map(), importing: new Set(), failedFeeds: new Map(), traffic: [] },
};
const listeners = new Set<() => void>();
function change(next: Partial<LiveState>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

/** What the stream of events says right now. */
export function useLive(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Opens the stream for as long as the caller is mounted, and again whenever it breaks. */
export function useLiveStream(): void {
  const client = useQueryClient();
  useEffect(() => {
    const refresher = refreshInBatches(client);
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      const opened = new EventSource('/api/v1/events');
      source = opened;
      opened.onopen = () => {
        if (!state.connected) refresher.all();
        change({ connected: true });
      };
      opened.onerror = () => {
        change({ connected: false });
        // The browser tries again by itself, except where it got an answer that is no stream.
        if (opened.readyState === EventSource.CLOSED) retry = setTimeout(open, retryAfter);
      };
      for (const type of eventTypes) {
        opened.addEventListener(type, (message: MessageEvent<string>) => {
          const event = JSON.parse(message.data) as FleetEvent;
          note(event);
          refresher.add(stale[event.type]);
        });
      }
    };
    open();
    return () => {
      source?.close();
      clearTimeout(retry);
      refresher.stop();
    };
  }, [client]);
}

function note(event: FleetEvent): void {
  if (event.type === 'progress') {
    const reading = new Map(state.reading);
    reading.set(event.source, { bytes: event.bytes, totalBytes: event.totalBytes });
    change({ reading });
  } else if (event.type === 'image' && event.state !== 'reading' && state.reading.size > 0) {
    const reading = new Map(
      [...state.reading].filter(([, { bytes, totalBytes }]) => totalBytes === undefined || bytes < totalBytes),
    );
    change({ reading });
  } else if (event.type === 'traffic') {
    change({ traffic: [...state.traffic, event].slice(-mostNews) });
    setTimeout(() => change({ traffic: state.traffic.filter((each) => each !== event) }), newsFor);
  } else if (event.type === 'feed') {
    const importing = new Set(state.importing);
    const failedFeeds = new Map(state.failedFeeds);
    failedFeeds.delete(event.id);
    if (event.state === 'importing') importing.add(event.id);
    else importing.delete(event.id);
    if (event.state === 'failed') failedFeeds.set(event.id, event.message ?? 'The import failed.');
    change({ importing, failedFeeds });
  }
}

/** A thousand events in a second cost one round of requests, not a thousand. */
function refreshInBatches(client: QueryClient) {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const keys = new Set(waiting);
    waiting.clear();
    void client.invalidateQueries({ predicate: (query) => keys.has(String(query.queryKey[0])) });
  };
  return {
    add(keys: readonly string[]) {
      for (const key of keys) waiting.add(key);
      if (waiting.size > 0) timer ??= setTimeout(flush, refreshEvery);
    },
    all: () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' }),
    stop: () => clearTimeout(timer),
  };
}
