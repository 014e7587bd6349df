import type { LaunchDetail } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './launches.module.css';

/** What was passed at start, by what it is; never its value where that is secret. */
export function Inputs({ inputs }: Pick<LaunchDetail, 'inputs'>) {
  if (inputs.length === 0) return null;
  return (
    <Panel title="Inputs" aside={plural(inputs.length, 'value')}>
      <table className={css.inputs}>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Name</th>
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {inputs.map(({ path, place, name, kind, secret }) => (
            <tr key={`${path} ${name}`}>
              <td>
                <code>{path || place}</code>
              </td>
              <td>{name ?? <span className="quiet">none</span>}</td>
              <td>{secret ? `${kind}, secret` : kind}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
