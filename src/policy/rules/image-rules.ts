import { age } from './age.ts';
import { attestation } from './attestation.ts';
import { baseImage } from './base-image.ts';
import { condition } from './condition.ts';
import type { ImageRule } from './image-rule.ts';
import { integrity } from './integrity.ts';
import { license } from './license.ts';
import { malware, secret } from './observations.ts';
import { packageRule } from './package.ts';
import { rootUser } from './root-user.ts';
import { signed } from './signed.ts';
import { unknownRule } from './unknown.ts';
import { knownExploited, vulnerabilities } from './vulnerabilities.ts';

/** Every rule of images. One that is not here never runs. */
export const imageRules: readonly ImageRule[] = [
  integrity,
  signed,
  attestation,
  age,
  vulnerabilities,
  knownExploited,
  license,
  packageRule,
  rootUser,
  secret,
  malware,
  unknownRule,
  baseImage,
  condition,
];
