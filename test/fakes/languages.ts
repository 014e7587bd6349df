import { readLanguages } from '../../src/wiring/languages.ts';

/** The real one: a test of what is code needs the grammars that it ships with. */
export const findLanguage = await readLanguages();
