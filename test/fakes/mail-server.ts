import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';

/** A mail server that takes what it is sent (RFC 5321, the commands that a sender needs), on loopback. */
export interface MailServer {
  readonly port: number;
  readonly messages: { readonly from: string; readonly to: readonly string[]; readonly text: string }[];
  close(): Promise<void>;
}

export async function startMailServer(refuseWith?: string): Promise<MailServer> {
  const messages: { from: string; to: string[]; text: string }[] = [];
  const server: Server = createServer((socket) => {
    let message = { from: '', to: [] as string[], text: '' };
    let isData = false;
    let rest = '';
    const say = (line: string) => void socket.write(`${line}\r\n`);
    const take = (line: string) => {
      if (isData) {
        if (line !== '.') message.text += `${line}\n`;
        else {
          isData = false;
          messages.push(message);
          say('250 taken');
        }
      } else if (/^(EHLO|HELO) /i.test(line)) say('250 fake');
      else if (/^MAIL FROM:/i.test(line)) {
        message = { from: line.slice(10), to: [], text: '' };
        say('250 ok');
      } else if (/^RCPT TO:/i.test(line)) {
        if (refuseWith) return say(refuseWith);
        message.to.push(line.slice(8));
        say('250 ok');
      } else if (/^DATA/i.test(line)) {
        isData = true;
        say('354 go on');
      } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
      else say('250 ok');
    };
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    });
    socket.on('error', () => socket.destroy());
    say('220 fake ESMTP');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
