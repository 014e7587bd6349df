import type { Static } from 'typebox';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';
import { checkConditions, conditionSettings } from './conditions.ts';
import { launchScope } from './launch-scope.ts';
import {
  engineSettings,
  identitySettings,
  inputSettings,
  privilegeSettings,
  resourceSettings,
} from './launch-settings.ts';

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  return t.Object(
    {
      scope: t.Optional(launchScope(t)),
      ...identitySettings(t),
      ...privilegeSettings(t),
      ...resourceSettings(t),
      ...inputSettings(t),
      ...engineSettings(t),
      podSecurity: t.Optional(
        t.Object(
          {
            level: t.Enum(['baseline', 'restricted']),
            version: t.Optional(
              t.String({
                accepts: 'kubernetes-version',
                default: 'latest',
                description: 'As which version of Kubernetes has it: v1.30, latest',
              }),
            ),
          },
          { ...closed, description: 'The Pod Security Standards, for containers of every engine. Default: none' },
        ),
      ),
      restart: t.Optional(
        t.Object(
          {
            admitted: t.Optional(
              t.Enum(['allow', 'judge'], {
                default: 'allow',
                description:
                  'What was admitted on this host starts there again, although its certificate has ended: judge it anew, or allow it',
              }),
            ),
            maxAge: t.Optional(
              t.String({ accepts: 'duration', description: 'Since it was admitted; default: however long ago' }),
            ),
          },
          closed,
        ),
      ),
      conditions: conditionSettings(
        t,
        'launch-condition',
        'CEL that is true of a launch that may go on: over request, image, inputs and now',
      ),
    },
    {
      ...closed,
      description:
        'Empty, it refuses: privileged containers, namespaces of the host, engine sockets and what is above them, capabilities as good as root, unmasked paths, no seccomp or AppArmor where that was asked for, devices, host paths of the system, volumes that are binds in disguise, code in inputs',
    },
  );
};

export type LaunchPolicySpec = Static<ReturnType<typeof spec>>;
export interface LaunchPolicyDocument extends DocumentOf<'LaunchPolicy', LaunchPolicySpec> {
  /** `observe`: findings are told, and nothing is refused. Default: enforce. */
  readonly mode?: 'enforce' | 'observe';
}

/** How containers may be started: by whom they run, what of the host they get, what is passed to them. */
export const launchPolicyKind: DocumentKind<LaunchPolicySpec> = {
  kind: 'LaunchPolicy',
  description: 'How containers may be started: who they are, what of the host they get, what is passed to them',
  hasMode: true,
  spec,
  check({ spec: { conditions = [], scope, engine, hostPaths = [] } }, refuse) {
    checkConditions(conditions, refuse);
    for (const [index, { path }] of hostPaths.entries()) {
      const parts = path.split('/').slice(1);
      if (parts[0] === '*' || parts.some((part) => part !== '*' && part.includes('*')))
        refuse(['spec', 'hostPaths', index, 'path'], 'has * elsewhere than for a whole part below another');
    }
    const { hosts: _, ...others } = scope ?? {};
    if (engine && Object.keys(others).length > 0)
      refuse(
        ['spec', 'engine'],
        'is of whole hosts, and the scope is not',
        'Put it into a policy whose scope has hosts alone',
      );
    // What excepts everything is a policy that never holds, and looks like one that does.
    if (scope?.except && Object.keys(scope.except).length === 0)
      refuse(['spec', 'scope', 'except'], 'excepts every launch', 'Say which, or take it out');
  },
};

/** What holds where no policy speaks of a launch: what an empty one finds is told, and nothing is refused. */
export const defaultLaunchPolicy: LaunchPolicyDocument = {
  apiVersion: 'portwarden/v1',
  kind: 'LaunchPolicy',
  metadata: { name: 'default' },
  mode: 'observe',
  spec: {},
};
