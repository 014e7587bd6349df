import { asArray, asObject, asString, asStringMap, BoundError, decodeUtf8, parseJson } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';

/** What an attestation is about, and what it says (in-toto attestation framework, Statement v0.1 and v1). */
export interface Statement {
  readonly predicateType: string;
  readonly predicate: unknown;
  /** Digests of each subject, in hex by algorithm, lower case. */
  readonly subjects: readonly Readonly<Record<string, string>>[];
}

export const statementMediaType = 'application/vnd.in-toto+json';
const statementTypes = ['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1'];
const maxSubjects = 4096;

/** Total: what is no statement is a refusal, `wrong-payload` or `limit-exceeded`. */
export function parseStatement(payloadType: string, payload: Uint8Array): Statement | RejectedTrust {
  if (payloadType !== statementMediaType) {
    return rejected('wrong-payload', `what is signed is "${payloadType.slice(0, 100)}", not an in-toto statement`);
  }
  try {
    const document = asObject(parseJson(decodeUtf8(payload, 'the statement'), 'the statement'));
    if (!document || !statementTypes.includes(String(document._type))) {
      return rejected('wrong-payload', 'what is signed does not say that it is an in-toto statement');
    }
    const predicateType = asString(document.predicateType);
    const subjects = asArray(document.subject);
    if (!predicateType || !subjects || subjects.length === 0) {
      return rejected('wrong-payload', 'the statement has no predicate type or no subject');
    }
    if (subjects.length > maxSubjects) return rejected('limit-exceeded', `it has more than ${maxSubjects} subjects`);
    return {
      predicateType,
      predicate: document.predicate,
      subjects: subjects.map((subject) => asStringMap(asObject(subject)?.digest)),
    };
  } catch (error) {
    if (error instanceof BoundError) return rejected('wrong-payload', error.message);
    throw error;
  }
}

/** Whether one of the subjects is the content of this digest. */
export function isAbout({ subjects }: Statement, digest: string): boolean {
  const [algorithm = '', hex = ''] = digest.split(':');
  return hex !== '' && subjects.some((subject) => subject[algorithm] === hex);
}
