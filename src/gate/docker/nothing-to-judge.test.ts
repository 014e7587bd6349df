import { describe, expect, it, vi } from 'vitest';
import { dockerGateScene } from '../../../test/fakes/docker-gate-scene.ts';
import type { DockerGateParts } from './docker-gate.ts';

const read = vi.hoisted(() => ({ requests: [] as readonly object[] }));
vi.mock('./read-docker-launch.ts', () => ({ readDockerLaunch: () => ({ form: 'docker', ...read }) }));

const create = ['POST', '/v1.41/containers/create', { Image: 'a' }] as const;

describe('a launch without anything to judge', () => {
  it('is denied, and nobody is asked', async () => {
    const { ask, referee } = dockerGateScene();
    expect(await ask(...create)).toMatchObject({ Allow: false, Msg: expect.stringMatching(/nothing to start/) });
    expect([referee.asked.length, referee.refused.length]).toEqual([0, 1]);
  });

  it.each([undefined, {}, { verdict: undefined }, { verdict: {} }, { verdict: { outcome: 'maybe' } }])(
    'is denied where the verdict is %j',
    async (decision) => {
      read.requests = [{ mounts: [] }];
      const decide = (async () => decision) as unknown as DockerGateParts['launches']['decide'];
      const refuse = (async () => ({
        id: '1',
        verdict: { outcome: 'undecided' },
      })) as unknown as DockerGateParts['launches']['refuse'];
      const { ask } = dockerGateScene({ parts: { launches: { decide, refuse } } });
      expect((await ask(...create)).Allow).toBe(false);
    },
  );
});
