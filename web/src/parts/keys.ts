import { useEffect, useRef } from 'react';

/** Keys are `/` or a sequence such as `g o`. */
export type KeyBindings = Readonly<Record<string, () => void>>;
const sequenceWithin = 1200;

/** Bindings of the whole page; silent while someone types or a dialog is open. */
export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    let prefix = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target) || dialogIsOpen()) return;
      const sequence = prefix === '' ? event.key : `${prefix} ${event.key}`;
      clearTimeout(timer);
      prefix = '';
      const action = latest.current[sequence];
      if (action !== undefined) {
        event.preventDefault();
        action();
      } else if (Object.keys(latest.current).some((binding) => binding.startsWith(`${sequence} `))) {
        prefix = sequence;
        timer = setTimeout(() => {
          prefix = '';
        }, sequenceWithin);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('keydown', onKey);
    };
  }, []);
}

function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'range' && target.type !== 'radio';
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
const dialogIsOpen = (): boolean => document.querySelector('dialog[open]') !== null;
