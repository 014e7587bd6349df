const tabIds = ['findings', 'seen', 'components', 'runs', 'history', 'facts', 'layers'] as const;
export type TabId = (typeof tabIds)[number];

/** The tab that an address names, if any. */
export const tabOf = (text: string | undefined): TabId | undefined => tabIds.find((id) => id === text);
