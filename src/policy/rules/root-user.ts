import { type ImageRule, passes, undecided } from './image-rule.ts';
import { scannedPassport } from './scanned-passport.ts';

export const rootUser: ImageRule = {
  id: 'image/root-user',
  title: 'Containers of the image run as root',
  remedy: 'Set a user in the image: USER 10001',
  evaluate(facts, { user }) {
    if (user?.root !== 'refuse') return passes;
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const runsAsRoot = passport.facts?.runsAsRoot ?? null;
    if (runsAsRoot === null) return undecided('nobody knows as whom its containers run');
    if (!runsAsRoot) return passes;
    const name = passport.facts?.user ?? '';
    const evidence = name === '' ? 'no user is set' : `the user is ${JSON.stringify(name.slice(0, 100))}`;
    return { findings: [{ severity: 'medium', subject: 'USER', evidence }] };
  },
};
