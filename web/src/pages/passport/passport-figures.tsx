import type { Passport } from '../../api/wire.ts';
import { Figure, FigureStrip } from '../../parts/figure.tsx';
import { formatAge, formatBytes, formatCount, formatDay, plural } from '../../parts/format.ts';
import { SeverityBar } from '../../parts/severity.tsx';

export function PassportFigures({ passport }: { readonly passport: Passport }) {
  const { facts, image, severities, judgement, components, findings } = passport;
  const read = image === null || image.state === 'read';
  const urgent = severities.critical + severities.high;
  return (
    <FigureStrip label="Figures">
      <Figure
        label="Critical and high"
        value={judgement.state === 'not-judged' ? '–' : formatCount(urgent)}
        tone={judgement.state === 'not-judged' ? 'uncharted' : urgent > 0 ? 'bad' : undefined}
        note={
          judgement.state === 'not-judged' ? (
            'not judged'
          ) : (
            <SeverityBar counts={severities} judgement={judgement.state} />
          )
        }
      />
      {read && (
        <Figure
          label="With a fix"
          value={
            judgement.state === 'not-judged'
              ? '–'
              : formatCount(findings.filter(({ fixedIn }) => fixedIn !== null).length)
          }
          of={judgement.state === 'not-judged' ? undefined : formatCount(findings.length)}
          note="known flaws"
        />
      )}
      {facts !== null && (
        <Figure
          label="Age"
          value={facts.ageDays === null ? 'not known' : formatAge(facts.ageDays)}
          note={facts.created === null ? 'the image does not say' : `made ${formatDay(facts.created)}`}
        />
      )}
      {image !== null && (
        <Figure label="Running now" value={formatCount(image.running)} note={plural(image.running, 'container')} />
      )}
      <Figure
        label="Components"
        value={read ? formatCount(components.length) : '–'}
        note={
          read ? [`${formatCount(judgement.componentsJudged)} judged`, ...merely(components)].join(', ') : 'not known'
        }
        tone={read ? undefined : 'uncharted'}
      />
      {passport.unknown.unownedPercent !== null && (
        <Figure
          label="Of no package"
          value={`${passport.unknown.unownedPercent} %`}
          tone={passport.unknown.state === 'known' ? undefined : 'uncharted'}
          note="of programs and libraries"
        />
      )}
      {facts !== null && (
        <Figure label="Size" value={formatBytes(facts.totalFileBytes)} note={`${formatCount(facts.fileCount)} files`} />
      )}
      {facts !== null && (
        <Figure
          label="User"
          value={facts.user === '' ? 'root' : facts.user}
          tone={facts.runsAsRoot === true ? 'bad' : undefined}
          note={facts.runsAsRoot === true ? 'runs as root' : facts.runsAsRoot === false ? 'not root' : 'not known'}
        />
      )}
    </FigureStrip>
  );
}

/** How many of the components nobody knows to be there. */
function merely(components: Passport['components']): readonly string[] {
  return (['declared', 'claimed'] as const).flatMap((kind) => {
    const count = components.filter(({ evidence }) => evidence?.kind === kind).length;
    return count > 0 ? [`${formatCount(count)} merely ${kind}`] : [];
  });
}
