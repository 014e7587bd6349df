import type { InputRuleId, Severity } from '../model/index.ts';

export interface InputRule {
  readonly severity: Severity;
  readonly title: string;
  readonly remedy: string;
}

const asData = 'Pass data alone; what is to be run belongs into the image, where it is scanned and signed';

/** Every rule of what is passed at start, by its ID; docs/reference/rules.md has a row for each. */
export const inputRules: Readonly<Record<InputRuleId, InputRule>> = {
  'input/shell-injection': { severity: 'high', title: 'Shell where data is expected', remedy: asData },
  'input/code': { severity: 'high', title: 'Code where data is expected', remedy: asData },
  'input/encoded-code': {
    severity: 'critical',
    title: 'Code that is hidden in an encoding',
    remedy: 'Pass it in the clear, or build it into the image, so that it can be reviewed',
  },
  'input/interpreter': {
    severity: 'medium',
    title: 'An interpreter that is started on a string',
    remedy: 'Put the script into the image and name its file',
  },
  'input/download-and-run': {
    severity: 'critical',
    title: 'Something that is downloaded and run',
    remedy: 'Install it when the image is built, by digest, so that it is scanned and signed',
  },
  'input/loader-hook': {
    severity: 'high',
    title: 'A setting that makes programs load other code',
    remedy: 'Leave it out; what a program is to load belongs into the image',
  },
  'input/credential': {
    severity: 'medium',
    title: 'A credential in the clear',
    remedy:
      'Give it as a secret, by a file or a reference: who may list containers reads their environment and arguments',
  },
  'input/weak-password': {
    severity: 'medium',
    title: 'A password that anybody would try first',
    remedy: 'Make a long random one and give it as a secret',
  },
  'input/entrypoint-replaced': {
    severity: 'medium',
    title: 'Another program than the image was made for',
    remedy: 'Start the image with its own entrypoint, or build an image whose entrypoint this is',
  },
  'input/file-content': {
    severity: 'high',
    title: 'A file with dangerous content that is put into the container',
    remedy: asData,
  },
  'input/contract': {
    severity: 'high',
    title: 'An input that the contract of the image does not allow',
    remedy: 'Pass what the contract lists, or have the contract changed by who owns the image',
  },
};
