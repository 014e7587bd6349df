import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { formatCount } from './format.ts';
import css from './tabs.module.css';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly name: string;
  readonly count?: number;
}
interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
}

/** Tabs after the ARIA pattern: one stop of the Tab key, arrows move between them. */
export function Tabs<Id extends string>({ label, tabs, selected, onSelect }: TabsProps<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = (tabs.findIndex((tab) => tab.id === selected) + step + tabs.length) % tabs.length;
    const tab = tabs[next];
    if (tab === undefined) return;
    event.preventDefault();
    onSelect(tab.id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <div ref={list} className={css.tabs} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          id={`tab-${tab.id}`}
          type="button"
          className={css.tab}
          role="tab"
          aria-selected={tab.id === selected}
          aria-controls={`panel-${tab.id}`}
          tabIndex={tab.id === selected ? 0 : -1}
          onClick={() => onSelect(tab.id)}
        >
          {tab.name}
          {tab.count !== undefined && <span className={css.count}>{formatCount(tab.count)}</span>}
        </button>
      ))}
    </div>
  );
}

export const TabPanel = ({
  id,
  className,
  children,
}: {
  readonly id: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) => (
  <div id={`panel-${id}`} role="tabpanel" aria-labelledby={`tab-${id}`} className={className}>
    {children}
  </div>
);
