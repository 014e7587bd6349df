import { type FormEvent, useEffect, useState } from 'react';
import type { WhoRunsQuestion } from '../../api/queries.ts';
import { ComponentSearch } from '../../parts/component-search.tsx';
import { DayField } from '../../parts/day-field.tsx';
import { useDelayed } from '../../parts/delayed.ts';
import css from './who-runs-page.module.css';

interface QuestionProps {
  readonly question: WhoRunsQuestion;
  readonly onAsk: (question: WhoRunsQuestion) => void;
}

/** The question as a sentence: who runs NAME in version RANGE on DAY. */
export function Question({ question, onAsk }: QuestionProps) {
  const [name, setName] = useState(question.name);
  const [version, setVersion] = useState(question.version ?? '');
  useEffect(() => setName(question.name), [question.name]);
  useEffect(() => setVersion(question.version ?? ''), [question.version]);

  const typedVersion = useDelayed(version.trim(), 350);
  useEffect(() => {
    if (question.name !== '' && typedVersion === version.trim() && typedVersion !== (question.version ?? '')) {
      onAsk({ ...question, version: typedVersion });
    }
  }, [typedVersion, version, question, onAsk]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') onAsk({ ...question, name: name.trim(), version: version.trim() });
  };
  const blank = question.name === '';
  return (
    <form className={css.question} data-blank={blank || undefined} role="search" onSubmit={submit}>
      <h1>Who runs</h1>
      <ComponentSearch
        value={name}
        placeholder="a component"
        inputClass={`${css.term} ${css.name}`}
        onChange={setName}
        onChoose={(chosen) => onAsk({ ...question, name: chosen, version: version.trim() })}
      />
      <label className={css.word} htmlFor="who-runs-version">
        in version
      </label>
      <input
        id="who-runs-version"
        className={`${css.term} ${css.version}`}
        value={version}
        placeholder="any"
        spellCheck={false}
        autoComplete="off"
        title="A range, such as <2.17.1 or >=1.0 <2"
        onChange={(event) => setVersion(event.target.value)}
      />
      <label className={css.word} htmlFor="who-runs-at">
        {question.at === undefined ? 'as of' : 'on'}
      </label>
      <DayField
        id="who-runs-at"
        value={question.at ?? ''}
        empty="now"
        inputClass={`${css.term} ${css.at}`}
        onChange={(day) => onAsk({ ...question, at: day })}
      />
      <button type="submit" className="visually-hidden">
        Ask
      </button>
    </form>
  );
}
