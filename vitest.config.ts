import { defineConfig } from 'vitest/config';

/** What is waited for comes; a machine that is busy with other tests takes its time. */
const patience = { poll: { timeout: 15_000 } };

/** Projects run one after the other where they start engines: those share the machine's bridges and firewall. */
const config = defineConfig({
  test: {
    reporters: ['default', './test/reporter/totals.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}', 'test/{architecture,fakes,fuzz}/**/*.test.ts'],
          expect: patience,
          testTimeout: 20_000,
          // Vitest leaves a core to itself: of two, that is half.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/{contract,reporter}/**/*.test.ts'],
          expect: patience,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'attack',
          include: ['test/attack/**/*.test.ts'],
          expect: patience,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          // Each has engines, networks and directories of its own, and waits for them most of its time.
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/console*.test.ts'],
          expect: patience,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'console',
          // They share nothing but the browser's program.
          include: ['test/e2e/console*.test.ts'],
          expect: patience,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});

// Vitest reads its configuration from the default export.
export { config as default };
