import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { WhoRunsQuestion } from '../../api/queries.ts';
import { ComponentSearch } from '../../parts/component-search.tsx';
import { DayField } from '../../parts/day-field.tsx';
import css from './who-runs-page.module.css';

interface QuestionProps {
  readonly question: WhoRunsQuestion;
  readonly onAsk: (question: WhoRunsQuestion) => void;
}

const restBeforeAsking = 350;

/** The question as a sentence: who runs NAME in version RANGE on DAY. */
export function Question({ question, onAsk }: QuestionProps) {
  const [name, setName] = useState(question.name);
  const [version, setVersion] = useState(question.version ?? '');
  useEffect(() => setName(question.name), [question.name]);
  useEffect(() => setVersion(question.version ?? ''), [question.version]);

  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ask = (asked: WhoRunsQuestion) => {
    clearTimeout(waiting.current);
    onAsk(asked);
  };
  // By what it says, not by identity: an answer that is refreshed must not stop the clock.
  const { name: askedName, version: askedVersion, at: askedAt } = question;
  useEffect(() => () => clearTimeout(waiting.current), [askedName, askedVersion, askedAt]);
  /** A range is asked for once the fingers rest: half of one is often none. */
  const typeVersion = (text: string) => {
    setVersion(text);
    clearTimeout(waiting.current);
    if (question.name !== '')
      waiting.current = setTimeout(() => onAsk({ ...question, version: text.trim() }), restBeforeAsking);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') ask({ ...question, name: name.trim(), version: version.trim() });
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
        onChoose={(chosen) => ask({ ...question, name: chosen, version: version.trim() })}
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
        onChange={(event) => typeVersion(event.target.value)}
      />
      <label className={css.word} htmlFor="who-runs-at">
        {question.at === undefined ? 'as of' : 'on'}
      </label>
      <DayField
        id="who-runs-at"
        value={question.at ?? ''}
        empty="now"
        inputClass={`${css.term} ${css.at}`}
        onChange={(day) => ask({ ...question, at: day })}
      />
      <button type="submit" className="visually-hidden">
        Ask
      </button>
    </form>
  );
}
