import type { LaunchRequest } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { textOf } from '../body-shape.ts';

const kinds = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];

/**
 * Programs that the runtime runs on the host around a start (config.md "POSIX-platform Hooks"), but for those by which
 * dockerd and nerdctl connect its network.
 */
export function readHooks(hooks: BodyReader | undefined, id: string | undefined): LaunchRequest['others'] {
  return kinds.flatMap((kind) =>
    (hooks?.objects(kind) ?? []).flatMap((hook) => {
      const program = hook.text('path')?.value ?? '';
      const args = hook.texts('args').map(({ value }) => value);
      if (isOfEngine(program, args, id)) return [];
      return [{ name: `hook ${kind}`, value: textOf([program, ...args.slice(1)].join(' ')), path: hook.path }];
    }),
  );
}

function isOfEngine(program: string, args: readonly string[], id: string | undefined): boolean {
  // libnetwork-setkey, an option, the container's ID, and that of the engine.
  if (/^\/proc\/\d+\/exe$/.test(program))
    return args[0] === 'libnetwork-setkey' && id !== undefined && args[2] === id && args.length === 4;
  return /^\/usr\/(?:local\/)?bin\/nerdctl$/.test(program) && args.includes('internal') && args.includes('oci-hook');
}

/** Annotations that only tell what something is. */
const harmlessAnnotations =
  /^(?:io\.kubernetes\.|io\.container\.manager$|io\.podman\.annotations\.|org\.opencontainers\.image\.|nerdctl\/|io\.containerd\.(?:image|runc\.v2\.group)|kubernetes\.io\/)/;

/** By what signal, and after how long, systemd ends the scope of a container: podman 5 says so of each. */
const stopAnnotations: Readonly<Record<string, RegExp>> = {
  'org.systemd.property.KillSignal': /^\d{1,2}$/,
  'org.systemd.property.TimeoutStopUSec': /^uint64 \d{1,20}$/,
};

/** Any other annotation may be an order to a runtime: `run.oci.*`, `org.systemd.property.*`, `io.katacontainers.*`. */
export function readAnnotations(config: BodyReader): LaunchRequest['others'] {
  return config
    .pairs('annotations')
    .filter(({ name, value }) => !harmlessAnnotations.test(name) && !stopAnnotations[name]?.test(value))
    .map(({ name, value, path }) => ({ name: `annotation ${name.slice(0, 200)}`, value: textOf(value), path }));
}
