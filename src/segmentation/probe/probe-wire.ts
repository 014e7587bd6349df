/** What is asked of an end, a line of JSON each; it answers each with a line that has its number. */
export type ProbeOrder =
  | {
      readonly id: number;
      readonly do: 'listen';
      readonly protocol: 'tcp' | 'udp';
      readonly address: string;
      readonly port: number;
    }
  | {
      readonly id: number;
      readonly do: 'close';
      readonly protocol: 'tcp' | 'udp';
      readonly address: string;
      readonly port: number;
    }
  /** One echo request, and another where the first is not answered. */
  | {
      readonly id: number;
      readonly do: 'ping';
      readonly source: string;
      readonly address: string;
      /** Milliseconds. */
      readonly timeout: number;
    }
  /** `done` where the kernel of this namespace answers echo requests; `failed` where it was told not to. */
  | { readonly id: number; readonly do: 'answer-pings'; readonly version: 4 | 6 }
  | {
      readonly id: number;
      readonly do: 'try';
      readonly protocol: 'tcp' | 'udp';
      readonly source: string;
      readonly address: string;
      readonly port: number;
      /** Who listens there is no end of ours: connect and close, send nothing. */
      readonly connectOnly: boolean;
      /** Milliseconds. */
      readonly timeout: number;
    };

export type ProbeAnswer =
  | { readonly id: number; readonly is: 'done' }
  /** Somebody listens there already. */
  | { readonly id: number; readonly is: 'taken' }
  | { readonly id: number; readonly is: 'passed' }
  /** `why`: `timed out`, or the code of the system's error. */
  | { readonly id: number; readonly is: 'stopped'; readonly why: string }
  /** Nothing can be said of the network: the end itself could not do it. */
  | { readonly id: number; readonly is: 'failed'; readonly why: string };

/** What an end of ours says to whoever connects or sends, and expects in return: no other program does. */
export const probeWord = 'portwarden-probe-1\n';
