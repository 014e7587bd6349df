/**
 * The one shape of every error that Portwarden throws on purpose.
 *
 * Each room derives one class from it with a closed union of codes, so that a caller can switch over them and
 * docs/reference/errors.md can be checked against the code both ways. `message` is one sentence for a person and names
 * the file, line, path or address concerned; `remedy` says what to do next where something can be done.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly remedy: string | undefined;

  constructor(code: Code, message: string, options: { readonly cause?: unknown; readonly remedy?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = options.remedy;
  }
}

/** What a caught value says, in one line, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replace(/\s*\n\s*/g, ' ');
}
