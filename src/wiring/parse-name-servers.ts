import { parseAddress } from '../base/index.ts';
import { WiringError } from './wiring-error.ts';

export interface NameServerSetting {
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.53`, `[2001:db8::53]:5353`, with commas or spaces between them; undefined where nothing is said. */
export function parseNameServers(text = ''): readonly NameServerSetting[] | 'off' | undefined {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  if (words.length === 1 && words[0] === 'off') return 'off';
  return words.map((word) => {
    const [, bracketed, plain, port = '53'] =
      /^(?:\[([^\]]+)\]|([^:[\]]+|[^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/.exec(word) ?? [];
    const address = bracketed ?? plain ?? '';
    if (parseAddress(address) !== undefined && Number(port) >= 1 && Number(port) <= 65_535)
      return { address, port: Number(port) };
    throw new WiringError('bad-setting', `PORTWARDEN_DNS_UPSTREAM has "${word}", which is no address`, {
      remedy: 'write addresses such as 192.0.2.53 or [2001:db8::53]:5353, with commas between them, or off',
    });
  });
}
