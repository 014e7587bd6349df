import type { ImageStart, LaunchFinding, LaunchRequest } from '../model/index.ts';
import { inputRules } from './input-rules.ts';

const interpreter =
  /^(?:(?:ba|da|z|k|a|c|tc|fi)?sh|busybox|python[\d.]*|perl|ruby|node|php[\d.]*|lua|pwsh|powershell(?:\.exe)?|cmd(?:\.exe)?|env|nsenter|chroot|socat|nc|ncat)$/i;
const title = inputRules['input/entrypoint-replaced'];

/** Another program than the image's own is started. A shell or an interpreter in its place can do anything. */
export function findEntrypoint(request: LaunchRequest, start: ImageStart | undefined): readonly LaunchFinding[] {
  if (
    request.action !== 'start' ||
    request.entrypoint === undefined ||
    start === undefined ||
    start.entrypoint.length === 0
  )
    return [];
  const first = request.entrypoint[0] ?? request.command?.[0];
  const own = programOf(start.entrypoint[0] ?? '');
  if (first !== undefined && programOf(first.value) === own) return [];
  const isInterpreter = first !== undefined && interpreter.test(programOf(first.value));
  const what =
    first === undefined
      ? 'its entrypoint is taken away'
      : isInterpreter
        ? 'a shell or an interpreter takes its place'
        : 'another program takes its place';
  return [
    {
      rule: 'input/entrypoint-replaced',
      severity: isInterpreter ? 'high' : title.severity,
      subject: request.entrypoint[0]?.path ?? request.path,
      title: title.title,
      remedy: title.remedy,
      evidence: `the image starts another program, ${what}`,
      path: request.entrypoint[0]?.path ?? first?.path ?? request.path,
      confidence: 'certain',
    },
  ];
}

function programOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
