export const tabIds = ['findings', 'components', 'runs', 'facts', 'layers'] as const;
export type TabId = (typeof tabIds)[number];

/** The tab that an address names, the first where it names none. */
export const tabOf = (text: string | undefined): TabId => tabIds.find((id) => id === text) ?? 'findings';
