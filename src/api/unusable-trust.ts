import { CodedError } from '../base/index.ts';
import { TrustError } from '../trust/index.ts';

/** Whether a failure says that a trust root cannot be used: by what stands in it, or by a file of the server that it names. */
export function isUnusableTrust(thrown: unknown): thrown is CodedError {
  return thrown instanceof TrustError || (thrown instanceof CodedError && thrown.code === 'file-unreadable');
}
