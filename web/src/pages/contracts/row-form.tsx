import type { ContractInput } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import type { Fields, Line, ListPlace } from './contract-fields.ts';
import { setIn, type TextPath } from './contract-text.ts';
import css from './contracts.module.css';
import { CheckField, LinesField, SelectField, TextField } from './fields.tsx';
import type { ContractText } from './use-contract-text.ts';

interface RowFormProps {
  readonly place: ListPlace;
  readonly line: Line;
  readonly input: ContractInput | undefined;
  readonly onChange: ContractText['change'];
}

type SetField = (name: string, value: unknown) => void;

/** The controls of one line; each changes its own field of the text and nothing else. */
export function RowForm({ place, line, input, onChange }: RowFormProps) {
  const set: SetField = (name, value) =>
    onChange((text) => setIn(text, [...line.path, name], value === '' || value === false ? undefined : value));
  return (
    <div className={css.form}>
      {(place === 'variable' || place === 'argument') && (
        <ValueForm place={place} line={line} input={input} onChange={onChange} set={set} />
      )}
      {place === 'mount' && <MountForm fields={line.fields} set={set} />}
      {place === 'file' && <FileForm fields={line.fields} set={set} />}
      {(place === 'port' || place === 'user') && <p className="soft">It may be passed.</p>}
      <div className={css.formEnd}>
        <Button
          icon="minus"
          aria-label={`Remove ${line.name || 'words without a flag'}`}
          onClick={() => onChange((text) => setIn(text, line.path, undefined))}
        >
          Remove
        </Button>
      </div>
    </div>
  );
}

const types = [
  ['string', 'any text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['enum', 'one of a list'],
  ['url', 'a URL'],
  ['path', 'a path'],
  ['host', 'a host'],
  ['port', 'a port'],
  ['email', 'an e-mail address'],
  ['duration', 'a duration'],
  ['json', 'JSON'],
] as const;

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function ValueForm({ place, line, input, onChange, set }: RowFormProps & { readonly set: SetField }) {
  const { type, min, max, pattern, enum: values, required, secret, description } = line.fields;
  const isNumber = type === 'integer' || type === 'number' || type === 'port';
  const isFlag = place === 'argument' && line.fields.flag !== undefined;
  const kind = textOf(type) || (isFlag ? '' : 'string');
  const number = (typed: string): unknown =>
    typed.trim() === '' ? undefined : Number.isFinite(Number(typed)) ? Number(typed) : typed;
  return (
    <>
      <div className={css.pair}>
        <SelectField
          label={isFlag ? 'Its value' : 'Has to be'}
          value={kind}
          options={isFlag ? [['', 'none: it stands alone'], ...types] : types}
          onCommit={(next) => onChange((text) => withType(text, line, next, input))}
        />
        {type !== 'enum' && kind !== '' && (
          <>
            <TextField
              label={isNumber ? 'From' : 'Shortest'}
              numeric
              value={textOf(min)}
              placeholder="any"
              onCommit={(typed) => set('min', number(typed))}
            />
            <TextField
              label={isNumber ? 'To' : 'Longest'}
              numeric
              value={textOf(max)}
              placeholder="any"
              onCommit={(typed) => set('max', number(typed))}
            />
          </>
        )}
      </div>
      {type === 'enum' && (
        <LinesField
          label="No others, one a line"
          values={Array.isArray(values) ? values.map(textOf) : []}
          onCommit={(next) => set('enum', next)}
        />
      )}
      {kind !== '' && (
        <TextField
          label="Pattern"
          hint="RE2, of the whole value: https://.*"
          mono
          value={textOf(pattern)}
          placeholder="none"
          onCommit={(typed) => set('pattern', typed)}
        />
      )}
      {place === 'variable' && (
        <div className={css.checks}>
          <CheckField label="Required" checked={required === true} onCommit={(checked) => set('required', checked)} />
          <CheckField
            label="A secret: from a store of secrets alone"
            checked={secret === 'reference-only'}
            onCommit={(checked) => set('secret', checked ? 'reference-only' : undefined)}
          />
        </div>
      )}
      <TextField
        label="For whoever reads it"
        value={textOf(description)}
        placeholder="what it is for"
        onCommit={(typed) => set('description', typed)}
      />
    </>
  );
}

/** What goes together, "type: enum" and its values, comes and goes together. */
function withType(text: string, { path, fields }: Line, type: string, input: ContractInput | undefined): string {
  const at = (name: string): TextPath => [...path, name];
  let next = text;
  if (type !== 'enum' && fields.enum !== undefined) next = setIn(next, at('enum'), undefined);
  if (type === 'enum') for (const name of ['min', 'max']) if (name in fields) next = setIn(next, at(name), undefined);
  if (type === '')
    for (const name of ['min', 'max', 'pattern']) if (name in fields) next = setIn(next, at(name), undefined);
  next = setIn(next, at('type'), type === '' ? undefined : type);
  const seen = input?.seen?.values ?? [];
  return type === 'enum' ? setIn(next, at('enum'), seen.length > 0 ? seen : ['']) : next;
}

const mountTypes = [
  ['', 'any kind'],
  ['volume', 'a volume'],
  ['bind', 'a path of the host'],
  ['tmpfs', 'memory'],
  ['image', 'an image'],
  ['secret', 'a secret'],
  ['config', 'a config'],
] as const;

const MountForm = ({ fields, set }: { readonly fields: Fields; readonly set: SetField }) => (
  <>
    <SelectField
      label="Has to be"
      value={textOf(fields.type)}
      options={mountTypes}
      onCommit={(next) => set('type', next)}
    />
    <CheckField label="Read-only" checked={fields.readOnly === true} onCommit={(checked) => set('readOnly', checked)} />
  </>
);

const formats = [
  ['text', 'any text'],
  ['json', 'JSON'],
  ['yaml', 'YAML'],
  ['properties', 'NAME=VALUE a line'],
] as const;

const FileForm = ({ fields, set }: { readonly fields: Fields; readonly set: SetField }) => (
  <>
    <div className={css.pair}>
      <SelectField
        label="Has to be"
        value={textOf(fields.format)}
        options={formats}
        onCommit={(next) => set('format', next)}
      />
      <TextField
        label="Bytes at most"
        numeric
        value={textOf(fields.maxBytes)}
        placeholder="1048576"
        onCommit={(typed) => set('maxBytes', typed.trim() === '' ? undefined : Number(typed))}
      />
    </div>
    <p className="quiet">
      {fields.schema === undefined
        ? 'A schema of its fields is written in the YAML view.'
        : 'Its schema is changed in the YAML view.'}
    </p>
  </>
);
