const paths = {
  overview: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M15.5 8.5l-2 5l-5 2l2-5z',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21',
  images: 'M12 3l9 5l-9 5l-9-5zM4.5 12L12 16.2L19.5 12M4.5 16L12 20.2L19.5 16',
  containers: 'M3 7.5h18v10H3zM7.5 7.5v10M12 7.5v10M16.5 7.5v10',
  feeds: 'M5 19a1 1 0 1 0 0.01 0M4 12a8 8 0 0 1 8 8M4 5a15 15 0 0 1 15 15',
  vex: 'M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5l1.5 1.5l3-3',
  certified: 'M12 3l7.5 2.6v5.6c0 4.6-3.1 8-7.5 9.8c-4.4-1.8-7.5-5.2-7.5-9.8V5.6zM8.5 12l2.6 2.6l4.6-4.8',
  registries: 'M3 5h7v14H3zM14 5h7v14h-7zM3 9.7h7M3 14.3h7M14 9.7h7M14 14.3h7',
  launches: 'M12 3v12m0-12 4 4m-4-4L8 7M4.5 14v4a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-4',
  contracts: 'M6 3.5h9l4 4v13H6zM15 3.5v4h4M9 12l1.5 1.5L13 11M9 17h7M15 12.5h1.5',
  policy: 'M7 4h12v14.5a2 2 0 0 1-2 2H6.5a2 2 0 0 1-2-2V16H15v2.5a2 2 0 0 0 2 2M7 4v12M10 8h6M10 11.5h6',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  tokens: 'M8 12a4 4 0 1 0 0.01 0M11 14.5L20 5.5M16 9.5l2.5 2.5',
  host: 'M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01',
  drift:
    'M3 8c2.5-2 4.5-2 6.5 0s4.5 2 6.5 0s3-1.6 5-.6M3 13.5c2.5-2 4.5-2 6.5 0s4.5 2 6.5 0s3-1.6 5-.6M3 19c2.5-2 4.5-2 6.5 0s4.5 2 6.5 0s3-1.6 5-.6',
  light:
    'M12 8a4 4 0 1 0 0.01 0M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  dark: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'M6 9l6 6l6-6',
  download: 'M12 4v11M7 11l5 5l5-5M5 20h14',
  warning: 'M12 4L2.8 20h18.4zM12 10v4.5M12 17.4v.1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 7v5.5l3.5 2',
  help: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M9.5 9.5a2.6 2.6 0 1 1 3.6 2.4c-.8.4-1.1.9-1.1 1.8M12 16.6v.1',
  groups:
    'M12 3.5a2.5 2.5 0 1 0 .01 0M5 15.5a2.5 2.5 0 1 0 .01 0M19 15.5a2.5 2.5 0 1 0 .01 0M10.7 8.2L6.3 15.6M13.3 8.2l4.4 7.4M7.5 18h9',
  traffic: 'M3 8h15m0 0-4-4m4 4-4 4M21 16H6m0 0 4-4m-4 4 4 4',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  whole: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  leave: 'M10 4H5v16h5M14 8l4 4l-4 4M18 12H9',
} as const;
export type IconName = keyof typeof paths;

/** Decoration: whatever it stands for is also said in words, or by the label of its button. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
