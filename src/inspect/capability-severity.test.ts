import { describe, expect, it } from 'vitest';
import { memoryContents } from '../../test/fakes/memory-contents.ts';
import { severityOfCapabilities } from './capability-severity.ts';
import { inspectImage } from './index.ts';

describe('severityOfCapabilities', () => {
  it.each([
    [['setuid'], 'high'],
    [['net_bind_service', 'sys_admin'], 'high'],
    [['net_raw'], 'medium'],
    [['net_bind_service', 'net_admin'], 'medium'],
    [['41'], 'medium'],
    [['net_bind_service', 'ipc_lock'], 'low'],
  ] as const)('%j: %s', (names, severity) => {
    expect(severityOfCapabilities(names)).toBe(severity);
  });
});

it('programs with file capabilities are observed', async () => {
  const facts = await inspectImage(
    memoryContents({
      '/bin/ping': { bytes: 'x', mode: 0o755, capabilities: ['net_raw'] },
      '/bin/become': { bytes: 'x', mode: 0o755, layer: 1, capabilities: ['setgid', 'setuid'] },
      '/bin/sh': { bytes: 'x', mode: 0o755 },
    }),
  );
  const seen = facts.observations?.map(({ rule, severity, path, layer, detail }) => [
    rule,
    severity,
    path,
    layer,
    detail,
  ]);
  expect(seen).toEqual([
    ['inspect/mode/file-capability', 'high', '/bin/become', 1, 'cap_setgid, cap_setuid'],
    ['inspect/mode/file-capability', 'medium', '/bin/ping', 0, 'cap_net_raw'],
  ]);
});
