import { type createContractScene, passing } from './contract-scene.ts';

const web = 'registry.example/shop/web';
export const webContract = `# Of the team web; asked for by audit
apiVersion: portwarden/v1
kind: InputContract
metadata: { name: web }
spec:
  images: [registry.example/shop/web]
  environment:
    # where it listens
    PORT: { type: port, required: true }
    LOG_LEVEL: { type: enum, enum: [info, warn] }
    BASE_URL: { type: url, pattern: "https://.*" }
    LEGACY_MODE: { type: boolean }
    DB_PASSWORD: { secret: reference-only }
  arguments:
    entrypoint: fixed
    allow:
      - { flag: --config, type: path }
      - { type: enum, enum: [serve] }
  mounts:
    - { target: /data, type: volume }
`;

/** A shop that has been started for a while: mostly as its contract says, sometimes not. */
export async function startShop({ apply, start }: ReturnType<typeof createContractScene>): Promise<void> {
  await apply(webContract);
  const usual = { PORT: '8080', LOG_LEVEL: 'info', BASE_URL: 'https://shop.example/' };
  const command = ['serve', '--config', '/etc/web.yaml'].map((value, index) => ({ value, path: `Cmd[${index}]` }));
  const mounts = [
    { type: 'volume', path: 'HostConfig.Mounts[0]', target: '/data', source: 'data', readOnly: false },
  ] as const;
  for (let n = 0; n < 6; n++)
    await start(
      `${web}:1.${n % 2}`,
      { ...passing(usual), command, mounts, name: n % 2 ? 'web-1' : 'web-2' },
      n % 3 ? 'one.example' : 'two.example',
    );
  await start(`${web}:1.2`, {
    ...passing({ ...usual, LOG_LEVEL: 'trace', FEATURE_SEARCH: 'on', WORKERS: '4' }),
    command,
    name: 'web-canary',
  });
  await start(`${web}:1.2`, {
    ...passing({ PORT: 'http', BASE_URL: 'http://old.example', API_TOKEN: 'correct-horse-battery-staple' }),
    name: 'web-old',
  });
  const binds = [
    { type: 'bind', path: 'HostConfig.Binds[0]', target: '/etc/web', source: '/srv/web', readOnly: true },
  ] as const;
  await start(`${web}:1.2`, {
    ...passing(usual),
    mounts: binds,
    name: 'web-3',
    ports: [{ path: 'p', container: 8080, protocol: 'tcp' }],
  });
  for (let n = 0; n < 4; n++)
    await start('registry.example/shop/search:2', {
      ...passing({ INDEX: '/var/index', THREADS: `${n + 2}` }),
      name: 'search',
    });
  await start('nginx:1', { name: 'edge' });
}
