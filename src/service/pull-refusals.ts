import { formatInstant, type Instant } from '../base/index.ts';
import { type Certificate, certificateState } from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import type { Admission } from './gate-pulls.ts';
import { reasonsOf } from './judge-again.ts';

/** Why an image that was judged may not be had. */
export function refusal(name: string, certificate: Certificate, now: Instant): Admission {
  const state = certificateState(certificate, now);
  const { policy, expires, withdrawn, findings } = certificate;
  const by = `by the policy ${policy.name}`;
  if (state === 'suspect') {
    const message = `${name} was certified until ${formatInstant(expires)} and has not been judged again since; try again soon, or certify it: portwarden certify`;
    return { state: 'refused', message };
  }
  if (state === 'withdrawn') {
    return {
      state: 'refused',
      message: `the certificate of ${name} was withdrawn: ${withdrawn?.reason}. Pull a newer one`,
    };
  }
  const [reason = 'no reason given', ...others] = reasonsOf(certificate);
  const remedy = findings.find(({ excepted }) => !excepted)?.remedy;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const verb = state === 'undecided' ? 'could not be decided' : 'is refused';
  return {
    state: 'refused',
    message: `${name} ${verb} ${by}: ${reason}${more}.${remedy ? ` ${remedy}` : ''}`.slice(0, 800),
  };
}

export function neverJudged({ spec }: RegistryDocument, name: string): Admission {
  const message = `nothing certified is known as ${name}; push it through this gate, or have it certified: portwarden certify ${spec.host}/${name} --to ${spec.host}/${name.split(/[:@]/)[0]}`;
  return { state: 'unknown', message };
}

export function notTrusted({ metadata }: RegistryDocument, repository: string): Admission {
  const message = `${repository} is no trusted repository of ${metadata.name}; its document lists those`;
  return { state: 'unknown', message };
}

export function away(why: string): Admission {
  return { state: 'unavailable', message: `the gate cannot look up what is certified: ${why}; try again` };
}
