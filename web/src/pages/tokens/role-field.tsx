import type { ApiTokenList } from '../../api/wire.ts';
import css from './tokens-page.module.css';

export type TokenRole = ApiTokenList['items'][number]['role'];

export const mayDo: Readonly<Record<TokenRole, string>> = {
  admin: 'all of the API, as who is logged in here; and push and pull through the registry gate',
  push: 'push and pull images through the registry gate, and nothing else',
  pull: 'pull certified images through the registry gate, and nothing else',
};
const roles = ['admin', 'push', 'pull'] as const satisfies readonly TokenRole[];

interface RoleFieldProps {
  readonly role: TokenRole;
  readonly onChoose: (role: TokenRole) => void;
}

/** What a token may be used for: each role with what it may do, before it is chosen. */
export const RoleField = ({ role, onChoose }: RoleFieldProps) => (
  <fieldset className={css.roles}>
    <legend>Role</legend>
    {roles.map((each) => (
      <label key={each}>
        <input type="radio" name="role" value={each} checked={each === role} onChange={() => onChoose(each)} />
        <span>
          <strong>{each}</strong> <span className="soft">{mayDo[each]}</span>
        </span>
      </label>
    ))}
  </fieldset>
);
