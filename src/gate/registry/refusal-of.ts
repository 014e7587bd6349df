import type { Admission } from '../../service/index.ts';
import { GateRefusal, type OciErrorCode } from './oci-error.ts';

/** An admission that is none, in the words of the protocol. What is only not there looks as it does in any registry. */
export function refusalOf(admission: Admission, unknown: OciErrorCode): GateRefusal {
  switch (admission.state) {
    case 'refused':
      return new GateRefusal('DENIED', admission.message);
    case 'unavailable':
      return new GateRefusal('UNAVAILABLE', admission.message);
    case 'unknown':
      return new GateRefusal(unknown, admission.message);
    case 'admitted':
      return new GateRefusal(unknown, 'it is content of another kind');
  }
}
