/** How `scan` and `match` print what they found. */
export const reportFormats = ['table', 'json', 'cyclonedx', 'spdx', 'sarif', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];
