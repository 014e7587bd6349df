import type { Static } from 'typebox';
import { parseInstant } from '../../base/index.ts';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';
import { policyRuleIds } from '../rules/rule-ids.ts';
import { isSamePerson } from '../same-person.ts';

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  const person = (description: string) => t.String({ accepts: 'person', description });
  const time = (description: string) => t.String({ accepts: 'time', description });
  const globs = (description: string) =>
    t.Optional(t.Array(t.String({ minLength: 1, maxLength: 253 }), { minItems: 1, description }));
  return t.Object(
    {
      owner: person('Who answers for it'),
      reason: t.String({ minLength: 1, maxLength: 2000, description: 'Why it is all right for a while' }),
      scope: t.Object(
        {
          repositories: t.Optional(
            t.Array(t.String({ accepts: 'image-pattern' }), { minItems: 1, description: 'registry.example/team/**' }),
          ),
          digests: t.Optional(t.Array(t.String({ accepts: 'digest' }), { minItems: 1 })),
          hosts: globs('Of launches: names of hosts, with *'),
          namespaces: globs('Of launches: namespaces of Kubernetes, with *'),
          names: globs(
            'Of launches: names of containers or workloads, with *; never alone, since who asks chooses them',
          ),
        },
        { ...closed, description: 'Of which images and launches; all that is given must fit' },
      ),
      rules: t.Array(t.Enum([...policyRuleIds]), { minItems: 1, description: 'Which rules it is an exception from' }),
      flaws: t.Optional(
        t.Array(t.String({ accepts: 'flaw' }), {
          minItems: 1,
          description: 'These alone: CVE-2024-1234; default: any',
        }),
      ),
      packages: t.Optional(
        t.Array(t.String({ accepts: 'package' }), { minItems: 1, description: 'These alone; default: any' }),
      ),
      subjects: t.Optional(
        t.Array(t.String({ minLength: 1, maxLength: 300 }), {
          minItems: 1,
          description:
            'What the finding is about, these alone: NET_ADMIN, /srv/data; * is all but a slash; default: any',
        }),
      ),
      expires: time('When it ends, a year after it was asked for at most'),
      requested: t.Object({ by: person('Who asks'), at: time('When') }, closed),
      approved: t.Optional(
        t.Object(
          {
            by: person('Who allows it: somebody else'),
            at: time('When'),
            digest: t.String({ accepts: 'digest', description: 'Of what was approved: `portwarden` prints it' }),
          },
          { ...closed, description: 'Without it, or after a change, the exception does nothing' },
        ),
      ),
    },
    closed,
  );
};

export type ExceptionSpec = Static<ReturnType<typeof spec>>;
export type ExceptionDocument = DocumentOf<'Exception', ExceptionSpec>;

/** Nothing lasts for ever: milliseconds between asking and the end, leap years included. */
export const longestException = 366 * 86_400_000;

/** That somebody may do for a while what a rule refuses, and who answers for it. */
export const exceptionKind: DocumentKind<ExceptionSpec> = {
  kind: 'Exception',
  description: 'That something may pass for a while which a rule refuses, and who answers for it',
  spec,
  check({ spec: exception }, refuse) {
    const { scope, rules, expires, requested, approved } = exception;
    const isOfImages = scope.repositories !== undefined || scope.digests !== undefined;
    const isOfLaunches = scope.hosts !== undefined || scope.namespaces !== undefined;
    if (!isOfImages && !isOfLaunches)
      refuse(
        ['spec', 'scope'],
        scope.names ? 'is of whatever is called so' : 'is of every image',
        'Give "repositories" or "digests"; of launches "hosts" or "namespaces" will do',
      );
    for (const [index, rule] of rules.entries())
      if (rule.startsWith('image/') && (isOfLaunches || scope.names))
        refuse(
          ['spec', 'rules', index],
          'is a rule of images, which are judged for all hosts at once',
          'Take "hosts", "namespaces" and "names" out, or make it an exception of its own',
        );
    const asked = parseInstant(requested.at) as number;
    const end = parseInstant(expires) as number;
    if (end <= asked) refuse(['spec', 'expires'], 'is not after it was asked for');
    if (end - asked > longestException)
      refuse(
        ['spec', 'expires'],
        'is more than a year after it was asked for',
        'Choose an earlier time, and ask again then',
      );
    if (!approved) return;
    if (isSamePerson(approved.by, requested.by))
      refuse(['spec', 'approved', 'by'], 'is who asked for it', 'Let somebody else approve it');
    if ((parseInstant(approved.at) as number) < asked) refuse(['spec', 'approved', 'at'], 'is before it was asked for');
  },
};
