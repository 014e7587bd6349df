import { useSyncExternalStore } from 'react';

/** How much room there is: a phone, a small window, a desk. */
export type Screen = 'narrow' | 'medium' | 'wide';
const medium = window.matchMedia('(min-width: 760px)');
const wide = window.matchMedia('(min-width: 1180px)');

export function useScreen(): Screen {
  return useSyncExternalStore(
    (listener) => {
      medium.addEventListener('change', listener);
      wide.addEventListener('change', listener);
      return () => {
        medium.removeEventListener('change', listener);
        wide.removeEventListener('change', listener);
      };
    },
    () => (wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow'),
  );
}
