import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { engineActions } from '../../model/index.ts';
import {
  defaultEngineActions,
  describeDockerRoutes,
  dockerRoutes,
  newestDockerApi,
  oldestDockerApi,
  settingReasons,
} from './docker-routes.ts';

const page = readFileSync(new URL('../../../docs/reference/docker-routes.md', import.meta.url), 'utf8');
const cells = (line: string) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
const tableRows = page.split('\n').filter((line) => line.startsWith('| `'));

describe('the table of routes', () => {
  it('is what the reference shows, row by row and no other', () => {
    const documented = tableRows.filter((line) => /^\| `(?:GET|HEAD|POST|PUT|DELETE) /.test(line)).map(cells);
    expect(documented).toEqual(describeDockerRoutes());
  });

  it('has each setting in the reference, as it is unless said otherwise', () => {
    const documented = tableRows.filter((line) => /^\| `[a-z-]+`/.test(line)).map(cells);
    expect(documented).toEqual(
      engineActions.map((name) => [`\`${name}\``, defaultEngineActions[name], settingReasons[name].reason]),
    );
  });

  it('names no route twice, also where a name stands in the path', () => {
    const keys = dockerRoutes.map(({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/g, '{}')}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('lets no route pass that makes a container, a process, an image or a plugin', () => {
    const passing = dockerRoutes.filter(({ treatment }) => treatment.as === 'pass');
    const writing = passing.filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && path !== '/auth');
    expect(
      writing.filter(({ path }) => /create|load|commit|build$|import|tag|pull|enable|init|join/.test(path)),
    ).toEqual([expect.objectContaining({ path: '/networks/create' })]);
    expect(writing.length).toBeGreaterThan(10);
  });

  it('needs a body for whatever is judged by it, and has versions that there are', () => {
    for (const { treatment, body, since } of dockerRoutes) {
      const byBody = treatment.as === 'judge' && !['start', 'pull'].includes(treatment.what);
      expect(body === 'judged').toBe(byBody);
      expect(since).toBeGreaterThanOrEqual(oldestDockerApi);
      expect(since).toBeLessThanOrEqual(newestDockerApi);
    }
  });
});
