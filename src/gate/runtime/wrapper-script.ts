import { allowedStatus } from './runtime-client.ts';

export interface WrapperParts {
  /** Absolute paths, none of which anybody but root may be able to change. */
  readonly node: string;
  readonly client: string;
  /** The real runtime. */
  readonly runtime: string;
  /** Of the agent. */
  readonly socket: string;
  /** Of dockerd; other engines' is known by the bundle. */
  readonly dataRoot: string;
}

/** By this line an installed wrapper is known. */
export const wrapperMark = '# portwarden runtime wrapper';

/**
 * What engines call as their OCI runtime: a POSIX shell script, because most calls are none of our business and must cost
 * nothing. It finds the command behind the global options, which it reads as runc (urfave/cli 1: exact names, `--name value`
 * or `--name=value`) and crun (argp, in order) do; passes on what starts nothing; and asks the client about everything else,
 * also about what it does not know. The runtime takes the place of the shell, so that process ID, signals and files are its
 * own. Only keywords and special builtins decide, for nobody can put functions of the environment in their place.
 */
export function compileWrapperScript(parts: WrapperParts): string {
  const word = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const client = [
    'NODE_OPTIONS= NODE_PATH= LD_PRELOAD= LD_LIBRARY_PATH=',
    word(parts.node),
    '--max-old-space-size=128',
    ...[parts.client, parts.socket, parts.dataRoot].map(word),
    '-- "$@"',
  ].join(' ');
  const runtime = word(parts.runtime);
  return `#!/bin/sh
${wrapperMark}: see "portwarden runtime --help". Do not edit: it is written anew by "portwarden runtime install".
wanted=no
command=none
left=$#
for argument do
  left=$((left - 1))
  case $wanted in
    yes) wanted=no; continue ;;
  esac
  case $argument in
    --root | --log | --log-format | --log-level | --criu | --rootless | --cgroup-manager) wanted=yes ;;
    --root=* | --log=* | --log-format=* | --log-level=* | --criu=* | --rootless=* | --cgroup-manager=*) ;;
    --debug | --systemd-cgroup | --debug=* | --systemd-cgroup=*) ;;
    --version | -v | -V | --help | -h)
      case $left in
        0) exec ${runtime} "$@" ;;
      esac
      command=unknown
      break ;;
    -*) command=unknown; break ;;
    *) command=$argument; break ;;
  esac
done
case $command in
  none | state | start | kill | delete | list | ps | events | pause | resume | checkpoint | spec | features | help)
    exec ${runtime} "$@" ;;
  update)
    # What came on standard input was read, and is handed on.
    resources=$(${client})
    case $? in
      ${allowedStatus}) ;;
      *) exit 1 ;;
    esac
    printf '%s' "$resources" | ${runtime} "$@"
    exit ;;
esac
${client} </dev/null >&2
case $? in
  ${allowedStatus}) ;;
  *) exit 1 ;;
esac
exec ${runtime} "$@"
`;
}
