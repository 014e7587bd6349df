export interface Gem {
  readonly name: string;
  readonly version: string;
  /** Absent: pure Ruby. */
  readonly platform?: string;
  readonly licenses: readonly string[];
  /** By the file's name alone, because its content does not tell. */
  readonly isGuess: boolean;
}

/** A gem, or why there is none. */
export type Gemspec = { readonly gem: Gem } | { readonly reason: string };

/** Gem::Specification::VALID_NAME_PATTERN, Gem::Version::VERSION_PATTERN and Gem::Platform of RubyGems, bounded. */
const namePattern = /^[A-Za-z0-9._-]{1,200}$/;
const versionPattern = /^\d{1,30}(?:\.[0-9A-Za-z]{1,60}){0,20}(?:-[0-9A-Za-z.-]{1,60})?$/;
const platformPattern = /^[A-Za-z0-9._-]{1,60}$/;

/** Lines of dependencies and files are longer, and say nothing of the gem. */
const longestLine = 10_000;

/**
 * The specification of an installed gem, which RubyGems wrote as Ruby, read without running it: the stub line that
 * RubyGems itself reads (`# stub: NAME VERSION PLATFORM PATHS`), the assignments as it writes them, and for an odd one
 * the name of its file. Total.
 */
export function parseGemspec(text: string, fileName: string): Gemspec {
  const lines = text.split('\n').map((line) => line.slice(0, longestLine));
  const [, stubName, stubVersion, stubPlatform] =
    /^# stub: (\S+) (\S+) (\S+) /m.exec(lines.slice(0, 5).join('\n')) ?? [];
  const written = { name: stubName ?? assigned(lines, 'name'), version: stubVersion ?? assignedVersion(lines) };
  const platform = stubPlatform ?? assigned(lines, 'platform');
  const named = fromFileName(fileName);
  const isWritten = written.name !== undefined && written.version !== undefined;
  const { name = '', version = '' } = isWritten ? written : (named ?? {});
  if (!namePattern.test(name)) return { reason: 'has no valid name' };
  if (!versionPattern.test(version)) return { reason: 'has no valid version' };
  const foreign = isWritten ? platform : named?.platform;
  const isForeign = foreign !== undefined && foreign !== 'ruby' && platformPattern.test(foreign);
  const licenses = licensesOf(lines);
  return { gem: { name, version, ...(isForeign ? { platform: foreign } : {}), licenses, isGuess: !isWritten } };
}

/** `s.name = "rake".freeze`, and `%q{rake}` of old versions. */
function assigned(lines: readonly string[], field: string): string | undefined {
  const start = `  s.${field} = `;
  const line = lines.find((each) => each.startsWith(start));
  return (
    line &&
    /^(?:"([^"\\]{1,200})"|%q[{<]([^{}<>\\]{1,200})[}>])(?:\.freeze)?\s*$/
      .exec(line.slice(start.length))
      ?.slice(1)
      .find(Boolean)
  );
}

/** Also `Gem::Version.new("1.0")`. */
function assignedVersion(lines: readonly string[]): string | undefined {
  const built = lines.find((line) => line.startsWith('  s.version = Gem::Version.new('));
  return assigned(lines, 'version') ?? /new\("([^"\\]{1,200})"/.exec(built ?? '')?.[1];
}

/** `rake-13.0.6.gemspec`, `nokogiri-1.15.4-x86_64-linux.gemspec`. */
function fromFileName(name: string): { name: string; version: string; platform: string | undefined } | undefined {
  const parts = name.slice(0, -'.gemspec'.length).split('-');
  const at = parts.findLastIndex((part, index) => index > 0 && /^\d+(?:\.[0-9A-Za-z]+)*$/.test(part));
  if (at < 0) return undefined;
  const platform = parts.slice(at + 1).join('-') || undefined;
  return { name: parts.slice(0, at).join('-'), version: parts[at] as string, platform };
}

function licensesOf(lines: readonly string[]): readonly string[] {
  const line = lines.find((each) => /^ {2}s\.licenses? = /.test(each)) ?? '';
  const names = [...line.matchAll(/"([^"\\]{1,200})"|%q[{<]([^{}<>\\]{1,200})[}>]/g)].map(([, a, b]) =>
    (a ?? b ?? '').trim(),
  );
  return [...new Set(names.filter(Boolean))].slice(0, 50).sort();
}
