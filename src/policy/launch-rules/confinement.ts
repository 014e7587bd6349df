import { globMatches } from '../../model/index.ts';
import { chosen, type LaunchRule, passes, shown } from './launch-rule.ts';

export const seccomp: LaunchRule = {
  id: 'launch/seccomp',
  title: 'Its system calls are not filtered as they are by default',
  remedy: 'Leave the profile to the engine; in a Pod say seccompProfile: {type: RuntimeDefault}',
  evaluate({ request }, { seccomp: settings = {} }) {
    const { unconfined = 'refuse', unsaid = 'observe', profile = 'allow' } = settings;
    const { seccomp: asked, privileged } = request.security;
    if (!asked || asked.value === 'default') return passes;
    // What privileged takes away, a rule of its own tells, whichever form it was asked in.
    if (privileged?.value === true && asked.path === privileged.path) return passes;
    if (asked.value === 'profile')
      return {
        findings: chosen(profile, [
          { severity: 'low', path: asked.path, subject: 'profile', evidence: 'it has a profile of its own' },
        ]),
      };
    // Kubernetes has no filter where nothing is said: then the path is of the profile as a whole, which is not there.
    const isUnsaid = request.form === 'pod' && asked.path.endsWith('seccompProfile');
    return {
      findings: chosen(isUnsaid ? unsaid : unconfined, [
        {
          severity: isUnsaid ? 'medium' : 'high',
          path: asked.path,
          subject: 'unconfined',
          evidence: isUnsaid ? 'a Pod that says nothing has no filter' : 'that there is no filter was asked for',
        },
      ]),
    };
  },
};

export const apparmor: LaunchRule = {
  id: 'launch/apparmor',
  title: 'AppArmor does not confine it as it does by default',
  remedy: 'Leave the profile to the engine, or name one that the policy lists',
  evaluate({ request }, { apparmor: settings = {} }) {
    const { unconfined = 'refuse', profiles } = settings;
    const { apparmor: asked } = request.security;
    if (!asked || asked.value === 'default') return passes;
    if (asked.value.toLowerCase() === 'unconfined')
      return {
        findings: chosen(unconfined, [
          {
            severity: 'high',
            path: asked.path,
            subject: 'unconfined',
            evidence: 'that there is no profile was asked for',
          },
        ]),
      };
    if (!profiles || profiles.some((pattern) => globMatches(pattern, asked.value))) return passes;
    const subject = shown(asked.value);
    return { findings: [{ severity: 'medium', path: asked.path, subject, evidence: `${subject} is not on the list` }] };
  },
};

/** Types that policies of distributions confine in nothing (container-selinux). */
const unconfinedType = /^(?:spc_t|unconfined_t|unconfined_service_t|container_runtime_t|kernel_t|init_t)$/;

export const selinux: LaunchRule = {
  id: 'launch/selinux',
  title: 'SELinux does not confine it as it does by default',
  remedy: 'Leave the label to the engine; where it needs files of the host, label them with :z',
  evaluate({ request }, { selinux: settings = {} }) {
    const { disable = 'observe', types } = settings;
    const { selinux: asked } = request.security;
    if (!asked) return passes;
    const type = asked.value.split(':')[2] ?? '';
    if (asked.value.toLowerCase() === 'disable' || unconfinedType.test(type))
      return {
        findings: chosen(disable, [
          { severity: 'high', path: asked.path, subject: shown(asked.value), evidence: 'it confines nothing' },
        ]),
      };
    if (!types || type === '' || types.some((pattern) => globMatches(pattern, type))) return passes;
    return {
      findings: [
        { severity: 'medium', path: asked.path, subject: shown(type), evidence: 'its type is not on the list' },
      ],
    };
  },
};
