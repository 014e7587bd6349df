import type { ReactNode } from 'react';
import type { ContractInput } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import type { ContractFields } from './contract-fields.ts';
import { setIn } from './contract-text.ts';
import css from './contracts.module.css';
import { LinesField, TextField } from './fields.tsx';
import type { ContractText } from './use-contract-text.ts';

interface GeneralProps {
  readonly fields: ContractFields;
  readonly entrypoint: ContractInput | undefined;
  readonly onChange: ContractText['change'];
}

/** Of which images it is, and what becomes of what it does not name. */
export function General({ fields, entrypoint, onChange }: GeneralProps) {
  const { name, images, mode, unknown, lists } = fields;
  const own = entrypoint?.seen?.starts ?? 0;
  return (
    <Panel title="Of which images, and how strictly">
      <div className={css.general}>
        <TextField
          label="Name"
          value={name}
          onCommit={(next) => onChange((text) => setIn(text, ['metadata', 'name'], next))}
        />
        <LinesField
          label="Images, one a line"
          hint="registry.example/team/web, registry.example/team/**, or a digest. The most exact contract counts."
          values={images}
          onCommit={(next) => onChange((text) => setIn(text, ['spec', 'images'], next))}
        />
      </div>
      <div className={css.switches}>
        <Switch
          title="What does not fit"
          says={mode === 'enforce' ? 'is refused where the policy enforces' : 'is recorded, and starts'}
        >
          <Choice
            label="What does not fit"
            options={modes}
            value={mode}
            onChoose={(next) => onChange((text) => setIn(text, ['mode'], next))}
          />
        </Switch>
        <Switch
          title="Variables that are not listed"
          says={
            lists.variable === undefined
              ? 'any may be passed, since none is listed'
              : unknown === 'refuse'
                ? 'are refused'
                : 'are told, at severity low'
          }
        >
          <Choice
            label="Variables that are not listed"
            options={unknowns}
            value={unknown}
            onChoose={(next) => onChange((text) => setIn(text, ['spec', 'unknown'], next))}
          />
        </Switch>
        <Switch
          title="Entrypoint"
          says={
            own === 0
              ? fields.entrypoint === 'fixed'
                ? 'no other than that of the image'
                : 'any program may be started'
              : `${plural(own, 'start')} had one of ${own === 1 ? 'its' : 'their'} own`
          }
        >
          <Choice
            label="Entrypoint"
            options={entrypoints}
            value={fields.entrypoint}
            onChoose={(next) => onChange((text) => setIn(text, ['spec', 'arguments', 'entrypoint'], next))}
          />
        </Switch>
      </div>
    </Panel>
  );
}

const modes = [
  { value: 'enforce', name: 'Enforce' },
  { value: 'observe', name: 'Observe' },
] as const;
const unknowns = [
  { value: 'refuse', name: 'Refuse' },
  { value: 'report', name: 'Report' },
] as const;
const entrypoints = [
  { value: 'fixed', name: 'Of the image' },
  { value: 'any', name: 'Any' },
] as const;

const Switch = ({
  title,
  says,
  children,
}: {
  readonly title: string;
  readonly says: string;
  readonly children: ReactNode;
}) => (
  <div className={css.switch}>
    <strong>{title}</strong>
    {children}
    <span className="quiet">{says}</span>
  </div>
);
