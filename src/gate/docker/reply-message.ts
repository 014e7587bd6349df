const longest = 600;

/**
 * What dockerd shows behind `authorization denied by plugin portwarden: `. One line: what the client wrote may be in it, and
 * ends up in terminals and logs.
 */
export function replyMessage(reason: string, remedy?: string): string {
  const text = remedy === undefined || remedy === '' ? reason : `${reason.replace(/[.\s]+$/, '')}. ${remedy}`;
  const line = text
    .toWellFormed()
    .replace(/[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line || 'it is refused';
}
