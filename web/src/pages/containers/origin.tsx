import type { ContainerOrigin } from '../../api/wire.ts';
import css from './origin.module.css';
import { meaningOf, nameOf } from './origin-words.ts';

/** Whether a container passed the gate, and why not. */
export function Origin({ origin }: { readonly origin: ContainerOrigin | null }) {
  if (origin === null) {
    return (
      <span className="quiet" title="Certificates are of now: of what has ended it is not known">
        not known
      </span>
    );
  }
  const { state, reason, project } = origin;
  const hint = project === null ? '' : `; Compose project ${project}, by its label`;
  return (
    <span title={`${reason ?? meaningOf[state]}${hint}`}>
      <span className={css.origin} data-state={state}>
        {nameOf[state]}
      </span>
      {reason !== null && <span className="soft">: {reason}</span>}
      {state !== 'certified' && project !== null && <span className="quiet"> (project {project})</span>}
    </span>
  );
}
