import type { ContractSight } from '../../api/wire.ts';
import { Figure, FigureStrip } from '../../parts/figure.tsx';
import { formatCount, plural } from '../../parts/format.ts';
import type { ContractFields, ListPlace } from './contract-fields.ts';
import { listPaths, rowsOf } from './contract-fields.ts';

interface SightFiguresProps {
  readonly sight: ContractSight | undefined;
  readonly fields: ContractFields;
  readonly days: number;
  /** What was said of an earlier text: this one is no contract. */
  readonly isOld: boolean;
}

/** How the text as it stands would have fared. */
export function SightFigures({ sight, fields, days, isOld }: SightFiguresProps) {
  const rows = (Object.keys(listPaths) as ListPlace[]).flatMap((place) => rowsOf(place, fields, sight?.inputs));
  const many = (state: (typeof rows)[number]['state']) => rows.filter((row) => row.state === state).length;
  const shown = (count: number) => (sight ? formatCount(count) : '…');
  const unfit = many('unfit');
  return (
    <FigureStrip label={`Recorded starts of the last ${plural(days, 'day')}`}>
      <Figure
        label="Starts"
        value={sight ? formatCount(sight.starts) : '…'}
        note={
          sight &&
          (sight.whole
            ? `${plural(sight.containers, 'container')} on ${plural(sight.hosts, 'host')}`
            : 'the newest alone')
        }
        tone={sight?.starts === 0 ? 'uncharted' : undefined}
      />
      <Figure
        label="Would be refused"
        value={sight ? formatCount(sight.refuses) : '…'}
        of={sight && sight.starts > 0 ? formatCount(sight.starts) : undefined}
        note={isOld ? 'by the text before' : 'by the text as it stands'}
        tone={sight !== undefined && sight.refuses > 0 ? 'bad' : undefined}
      />
      <Figure
        label="Do not fit"
        value={shown(unfit)}
        note="inputs that it lists"
        tone={unfit > 0 ? 'bad' : undefined}
      />
      <Figure label="Not in it" value={shown(many('unlisted'))} note="inputs that were seen" />
      <Figure label="Never seen" value={shown(many('unseen'))} note="inputs that it lists" />
    </FigureStrip>
  );
}
