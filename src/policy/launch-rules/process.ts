import { type LaunchRule, passes, shown } from './launch-rule.ts';

export const exec: LaunchRule = {
  id: 'launch/exec',
  title: 'Processes may not be started in containers that run',
  remedy: 'Look at its logs, or start a container of the same image elsewhere',
  evaluate({ request }, { exec: choice = 'judge' }) {
    if (request.action !== 'exec' || choice !== 'refuse') return passes;
    return {
      findings: [
        {
          severity: 'high',
          path: request.path,
          subject: shown(request.name ?? 'exec'),
          evidence: 'a process was asked for',
        },
      ],
    };
  },
};

export const unknownSetting: LaunchRule = {
  id: 'launch/unknown-setting',
  title: 'It asks for something that no rule knows',
  remedy: 'Leave the setting out, or have the policy say what is done with those that no rule knows',
  evaluate({ request }, { others: choice = 'undecided' }) {
    const { others } = request;
    if (others.length === 0 || choice === 'allow') return passes;
    const names = others.slice(0, 5).map(({ name }) => shown(name));
    const more = others.length > 5 ? ` and ${others.length - 5} more` : '';
    if (choice === 'undecided') return { findings: [], undecided: `no rule knows ${names.join(', ')}${more}` };
    // Never the value, which may be a secret.
    const findings = others.slice(0, 100).map(({ name, path }) => ({
      severity: 'medium' as const,
      path,
      subject: shown(name),
      evidence: 'no rule knows it',
      ...(choice === 'observe' ? { observed: true as const } : {}),
    }));
    return { findings };
  },
};
