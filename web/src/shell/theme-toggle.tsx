import { IconButton } from '../parts/button.tsx';
import { chooseTheme, type Theme, useTheme } from './theme.ts';

const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const names: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Steps through: as the system, light, dark. */
export function ThemeToggle() {
  const theme = useTheme();
  return (
    <IconButton
      icon={theme}
      label={`Colors: ${names[theme]}. Change to ${names[next[theme]]}`}
      onClick={() => chooseTheme(next[theme])}
    />
  );
}
