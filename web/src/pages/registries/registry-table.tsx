import type { RegistryView } from '../../api/wire.ts';
import css from './registries.module.css';
import { ScrollBox } from './scroll-box.tsx';

/** Which registries there are, how engines reach them, what they trust, and whether they answer. */
export const RegistryTable = ({ registries }: { readonly registries: readonly RegistryView[] }) => (
  <ScrollBox label="Registries">
    <table className={css.table}>
      <caption className="visually-hidden">Registries that have a document</caption>
      <thead>
        <tr>
          <th scope="col">Registry</th>
          <th scope="col">Answers</th>
          <th scope="col">Names of its gate</th>
          <th scope="col">Trusted repositories</th>
        </tr>
      </thead>
      <tbody>
        {registries.map((registry) => (
          <tr key={registry.name}>
            <th scope="row">
              {registry.name}
              <div className={css.host}>{registry.host}</div>
            </th>
            <td>
              {registry.reachable ? (
                <span className={css.good}>answers</span>
              ) : (
                <>
                  <span className={css.unknown}>does not answer</span>
                  <div className="soft">{registry.message}</div>
                </>
              )}
            </td>
            <Texts of={registry.gates} none="no gate" />
            <Texts of={registry.trusted} none="none" />
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollBox>
);

const Texts = ({ of, none }: { readonly of: readonly string[]; readonly none: string }) => (
  <td>
    {of.length === 0 ? (
      <span className="quiet">{none}</span>
    ) : (
      <ul>
        {of.map((text) => (
          <li key={text}>
            <code>{text}</code>
          </li>
        ))}
      </ul>
    )}
  </td>
);
