/** One test of JUnit XML, in the form that CI systems read. */
export interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly failures: readonly string[];
  readonly errors: readonly string[];
  readonly skipped: string | undefined;
  readonly output: readonly string[];
}

/** A suite with its cases as JUnit XML. */
export function writeSuite(name: string, cases: readonly TestCase[]): string {
  const failures = cases.filter((test) => test.failures.length > 0).length;
  const errors = cases.filter((test) => test.failures.length === 0 && test.errors.length > 0).length;
  const skipped = cases.filter(isSkipped).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="portwarden" ${counts}>`,
    `  <testsuite name="${escape(name)}" ${counts}>`,
    ...cases.map(writeCase),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function isSkipped({ failures, errors, skipped }: TestCase): boolean {
  return failures.length === 0 && errors.length === 0 && skipped !== undefined;
}

/** One outcome for each test: a failure counts before an error, and either before a skip. */
function writeCase(test: TestCase): string {
  const { className, name, failures, errors, skipped, output } = test;
  const told = (element: string, messages: readonly string[]) => [
    `      <${element} message="${escape(messages[0] ?? '')}">${escape(messages.join('\n'))}</${element}>`,
  ];
  const outcome = [
    ...(failures.length > 0 ? told('failure', failures) : errors.length > 0 ? told('error', errors) : []),
    ...(isSkipped(test) ? [`      <skipped message="${escape(skipped ?? '')}"/>`] : []),
    ...(output.length > 0 ? [`      <system-out>${escape(output.join('\n'))}</system-out>`] : []),
  ];
  const head = `    <testcase classname="${escape(className)}" name="${escape(name)}"`;
  return outcome.length === 0 ? `${head}/>` : [`${head}>`, ...outcome, '    </testcase>'].join('\n');
}

/** Text for XML 1.0 (section 2.2): what may not stand in it at all is replaced, quotes and brackets are escaped. */
function escape(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 does not allow
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
