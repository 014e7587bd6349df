/** No real line is longer; one that is belongs to no JDK. */
const longestLine = 100_000;

/**
 * JAVA_VERSION in the `release` file of a JDK or a JRE (`NAME="value"` lines; JEP 223 for versions). Undefined for any
 * other file of that name. Total.
 */
export function parseJavaRelease(text: string): string | undefined {
  const line = text.split('\n').find((each) => each.length < longestLine && each.startsWith('JAVA_VERSION='));
  return /^JAVA_VERSION="([0-9][0-9A-Za-z._+-]{0,60})"\r?$/.exec(line ?? '')?.[1];
}
