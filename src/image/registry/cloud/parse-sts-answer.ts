import { asVisibleText } from './ask-for-login.ts';
import type { AwsKeys } from './aws-signature.ts';

/**
 * The keys in an answer of STS (API Reference, "AssumeRoleWithWebIdentity"), which is XML with each of them once, as text
 * of base64 and letters: anything that would need a parser of XML is refused. Throws ImageError `credential-failure`.
 */
export function parseStsAnswer(bytes: Uint8Array, what: string): AwsKeys {
  const text = Buffer.from(bytes).toString('latin1');
  const element = (name: string): string => {
    const [only, another] = [...text.matchAll(new RegExp(`<${name}>\\s*([\\w+/=.-]{1,32768})\\s*</${name}>`, 'g'))];
    return asVisibleText(another ? undefined : only?.[1], `${what} failed: ${name}`);
  };
  return {
    accessKeyId: element('AccessKeyId'),
    secretAccessKey: element('SecretAccessKey'),
    sessionToken: element('SessionToken'),
  };
}
