import { lazyLibrary } from '../base/index.ts';
import type { Severity } from '../model/index.ts';
import { InspectError } from './inspect-error.ts';

/** A file of YARA rules. */
export interface YaraSource {
  readonly name: string;
  readonly text: string;
}

export interface YaraMatch {
  readonly rule: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly severity: Severity | undefined;
}

export interface YaraScanner {
  scan(bytes: Buffer): readonly YaraMatch[];
}

const severities: readonly string[] = ['critical', 'high', 'medium', 'low'] satisfies Severity[];

/**
 * Compiles rules (virustotal.github.io/yara-x), each file in a namespace of its own. Rules cannot include other files.
 * Throws InspectError `bad-yara-rule` with file and line, `yara-missing` where the optional library is not installed.
 */
export async function compileYaraRules(sources: readonly YaraSource[]): Promise<YaraScanner> {
  const yara = loadYara();
  const compiled = sources.map(({ name, text }) => {
    const [error] = yara.validate(text, { enableIncludes: false }).errors;
    if (error) throw new InspectError('bad-yara-rule', faultOf(name, error.message));
    const rules = yara.compile(text, { enableIncludes: false });
    rules.setMaxMatchesPerPattern(1);
    return { name, rules };
  });
  return {
    scan: (bytes) =>
      compiled.flatMap(({ name, rules }) =>
        rules.scan(bytes).map((match): YaraMatch => {
          const said = String(match.meta?.severity ?? '').toLowerCase();
          return {
            rule: match.ruleIdentifier,
            source: name,
            tags: match.tags,
            severity: severities.includes(said) ? (said as Severity) : undefined,
          };
        }),
      ),
  };
}

/**
 * `FILE:LINE:COLUMN: what is wrong: more of it`, from the lines that yara-x draws: `error[E009]: what is wrong`,
 * ` --> line:4:13`, the line itself, `^^^^ more of it`.
 */
function faultOf(name: string, message: string): string {
  const [, what = message] = /^error(?:\[\w+\])?: (.+)$/m.exec(message) ?? [];
  const [, line, column] = /--> line:(\d+):(\d+)/.exec(message) ?? [];
  const [, more] = /^[ |]*\^+ (.+)$/m.exec(message) ?? [];
  const place = line === undefined ? name : `${name}:${line}:${column}`;
  return `${place}: ${what}${more === undefined ? '' : `: ${more}`}`.replace(/\s+/g, ' ').slice(0, 500);
}

/** The part of @litko/yara-x-linux-x64-gnu 0.3.0 that is used: a native module, which has no types. */
interface YaraModule {
  validate(text: string, options: object): { readonly errors: readonly { readonly message: string }[] };
  compile(
    text: string,
    options: object,
  ): {
    setMaxMatchesPerPattern(most: number): void;
    scan(bytes: Buffer): readonly { ruleIdentifier: string; tags: readonly string[]; meta?: Record<string, unknown> }[];
  };
}

/** The native module itself: the package around it names others in the lock file that not every registry has. */
const yaraModule = lazyLibrary<YaraModule>('@litko/yara-x-linux-x64-gnu');

function loadYara(): YaraModule {
  try {
    return yaraModule();
  } catch (cause) {
    throw new InspectError('yara-missing', 'YARA rules need @litko/yara-x-linux-x64-gnu, which is not installed here', {
      cause,
      remedy: 'npm install --include=optional on Linux x64, or leave the rules away',
    });
  }
}
