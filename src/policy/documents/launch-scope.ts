import type { Static } from 'typebox';
import type { SchemaBuilders } from '../document-kind.ts';

const closed = { additionalProperties: false };

/** Fields by which a launch is told from others; all that are there must fit, and of each list one. */
const selector = (t: SchemaBuilders) => {
  const globs = (description: string) =>
    t.Optional(t.Array(t.String({ minLength: 1, maxLength: 253 }), { minItems: 1, description }));
  return {
    hosts: globs('Names of hosts, with *; of a cluster its name'),
    namespaces: globs('Of Kubernetes, with *'),
    projects: globs('Of compose, with *'),
    repositories: t.Optional(
      t.Array(t.String({ accepts: 'image-pattern' }), {
        minItems: 1,
        description: 'Of the image: registry.example/team/**. An image of which nobody knows the repository fits',
      }),
    ),
    names: globs('Of the container or its workload, with *; whoever asks chooses them'),
    labels: t.Optional(
      t.Record(t.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,252}$' }), t.String({ maxLength: 253 }), {
        description: 'All of them, values with *; whoever asks chooses them',
      }),
    ),
  };
};

export const launchScope = (t: SchemaBuilders) =>
  t.Object(
    {
      ...selector(t),
      except: t.Optional(
        t.Object(selector(t), {
          ...closed,
          description: 'Not those that fit all of this, as far as is known for sure',
        }),
      ),
    },
    { ...closed, description: 'For which launches it holds; a field that is left out fits all. Default: for all' },
  );

export type LaunchScope = Static<ReturnType<typeof launchScope>>;
