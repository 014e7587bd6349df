import { useCallback, useEffect, useRef, useState } from 'react';

/** Steps that can be taken back. */
const mostSteps = 200;
/** What is typed within so many milliseconds is one step. */
const oneStep = 1200;

export interface ContractText {
  readonly text: string;
  /** What is in force, or what was learned. */
  readonly base: string;
  readonly isChanged: boolean;
  /** It was written on before this page was opened. */
  readonly isResumed: boolean;
  readonly canUndo: boolean;
  readonly change: (next: string | ((before: string) => string), typed?: boolean) => void;
  readonly undo: () => void;
  /** Back to what is in force. */
  readonly discard: () => void;
  /** What stands here is in force now. */
  readonly applied: () => void;
}

/**
 * The text of a contract while it is being written on. It is kept for as long as the browser's tab is open, by what it is of:
 * nothing is lost by looking at another page, or by loading this one again.
 */
export function useContractText(of: string, base: string): ContractText {
  const key = `portwarden contract ${of}`;
  const [state, setState] = useState(() => {
    const kept = readKept(key);
    return { text: kept ?? base, base, past: [] as readonly string[], isResumed: kept !== undefined && kept !== base };
  });
  const lastAt = useRef(0);
  const { text, base: from } = state;
  useEffect(() => keep(key, text === from ? undefined : text), [key, text, from]);
  const change = useCallback<ContractText['change']>((next, typed = false) => {
    const now = Date.now();
    const isSameStep = typed && now - lastAt.current < oneStep;
    lastAt.current = typed ? now : 0;
    setState((before) => {
      const after = typeof next === 'string' ? next : next(before.text);
      if (after === before.text) return before;
      const past = isSameStep && before.past.length > 0 ? before.past : [...before.past, before.text].slice(-mostSteps);
      return { ...before, text: after, past };
    });
  }, []);
  const undo = useCallback(() => {
    setState((before) => {
      const last = before.past.at(-1);
      return last === undefined ? before : { ...before, text: last, past: before.past.slice(0, -1) };
    });
  }, []);
  return {
    text,
    base: from,
    isChanged: text !== from,
    isResumed: state.isResumed,
    canUndo: state.past.length > 0,
    change,
    undo,
    discard: () => change(from),
    applied: () => setState((before) => ({ ...before, base: before.text, isResumed: false })),
  };
}

function readKept(key: string): string | undefined {
  try {
    return window.sessionStorage.getItem(key) ?? undefined;
  } catch {
    // A browser that keeps nothing has kept nothing.
    return undefined;
  }
}

function keep(key: string, text: string | undefined): void {
  try {
    if (text === undefined) window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, text);
  } catch {
    // Without a place to keep it the text lives as long as the page.
  }
}
