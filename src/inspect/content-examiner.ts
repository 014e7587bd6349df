import { createHash } from 'node:crypto';
import type { ExaminedFile, FileExaminer, FileNote, Severity } from '../model/index.ts';
import type { ClamdOptions } from './clamd/index.ts';
import { findProgramMarks, findTextMarks } from './find-malware.ts';
import { findSecrets, severityOf } from './find-secrets.ts';
import { isPassedOver } from './passed-over.ts';
import { type InspectRuleId, inspectRules } from './rules.ts';
import { compileYaraRules, type YaraSource } from './yara-rules.ts';

/** What to look for in files. Crosses between threads. */
export interface ContentOptions {
  readonly yara?: readonly YaraSource[];
  /** Digests of known-bad files, lower-case hex, with what they are called. */
  readonly badDigests?: ReadonlyMap<string, string>;
  /** Who is shown the files as well: an examiner of its own. */
  readonly clamd?: ClamdOptions;
}

/** It answers at once. */
export interface ContentExaminer extends FileExaminer {
  examine(file: ExaminedFile, bytes: Uint8Array): readonly FileNote[];
}

const largestText = 1024 * 1024;
const largestProgram = 64 * 1024 * 1024;
const smallest = 16;

/**
 * Looks into files while they stream by: secrets and marks of malware in texts, marks and YARA rules in programs and scripts,
 * digests of known-bad files in both. The name is what examiners are loaded by.
 */
export async function createExaminer(options: ContentOptions): Promise<ContentExaminer> {
  const yara = options.yara && options.yara.length > 0 ? await compileYaraRules(options.yara) : undefined;
  const bad = options.badDigests;
  return {
    id: 'content',
    wants({ path, size, mode }) {
      if (size < smallest || isPassedOver(path)) return 0;
      const mayRun = (mode & 0o111) !== 0 || /\.(?:so(?:\.[\d.]+)?|jar|py|sh|pl|rb|js|php|jsp|war|node)$/.test(path);
      if (size <= largestText) return size;
      return mayRun && size <= largestProgram ? size : 0;
    },
    examine(file, bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const wide = wideTextOf(buffer);
      const isBinary = wide === undefined && buffer.subarray(0, 8192).includes(0);
      const notes = isBinary ? examineProgram(buffer) : examineText(wide ?? buffer.toString('latin1'), file);
      if (bad && bad.size > 0) {
        const name = bad.get(createHash('sha256').update(buffer).digest('hex'));
        if (name !== undefined) notes.push(observation('inspect/malware/known-bad', 'certain', `is ${name}`));
      }
      const isProgram = isBinary ? isExecutable(buffer) : buffer[0] === 0x23 && buffer[1] === 0x21;
      if (yara && (isProgram || (file.mode & 0o111) !== 0)) {
        for (const { rule, source, tags, severity } of yara.scan(buffer)) {
          const told = tags.length > 0 ? ` (${tags.join(', ')})` : '';
          notes.push(observation('inspect/malware/yara', 'likely', `${rule} of ${source}${told}`, severity));
        }
      }
      return notes;
    },
  };
}

function examineProgram(bytes: Buffer): FileNote[] {
  if (!isExecutable(bytes)) return [];
  return findProgramMarks(bytes).map(({ rule, confidence, detail }) => observation(rule, confidence, detail));
}

/** UTF-16 by its byte order mark, whose zero bytes would let it pass for a program (Unicode 16, section 23.8). */
function wideTextOf(bytes: Buffer): string | undefined {
  if (bytes.length < 2) return undefined;
  const mark = bytes.readUInt16BE(0);
  if (mark === 0xfffe) return bytes.toString('utf16le', 2);
  if (mark !== 0xfeff) return undefined;
  return Buffer.from(bytes.subarray(2, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

function examineText(text: string, { path }: ExaminedFile): FileNote[] {
  const assignments = /\/\.env(?:\.[\w.-]+)?$/.test(path);
  const secrets = findSecrets(text, { assignments }).map(({ rule, confidence, detail }) => {
    const isHostKey = rule === 'inspect/secret/private-key' && /^\/etc\/ssh\/ssh_host_\w+_key$/.test(path);
    const named = isHostKey ? 'inspect/secret/ssh-host-key' : rule;
    return observation(named, confidence, detail, severityOf(named, path));
  });
  const marks = findTextMarks(text, path).map(({ rule, confidence, detail }) => observation(rule, confidence, detail));
  return [...secrets, ...marks, ...examineByName(text, path)];
}

/** Files whose very place says what their lines are. */
function examineByName(text: string, path: string): FileNote[] {
  if (path === '/etc/shadow' || path === '/etc/shadow-') {
    const names = text.split('\n').flatMap((line) => /^([^:]{1,64}):\$\w{1,4}\$[^:]{8,}:/.exec(line)?.[1] ?? []);
    return names
      .slice(0, 50)
      .map((name) => observation('inspect/secret/password-hash', 'certain', `the account ${name}`));
  }
  if (/\/(?:\.docker\/config\.json|\.dockercfg|\.dockerconfigjson|containers\/auth\.json)$/.test(path)) {
    const count = text.match(/"auth"\s{0,8}:\s{0,8}"[A-Za-z0-9+/=]{8,}"/g)?.length ?? 0;
    return count === 0 ? [] : [observation('inspect/secret/registry-credential', 'certain', `${count} registries`)];
  }
  if (path.endsWith('/.netrc') && /\bpassword\s+\S{3,}/.test(text))
    return [observation('inspect/secret/password', 'certain', 'a machine of .netrc')];
  if (path.endsWith('/.pgpass') && /^(?:[^:\n]*:){4}[^:\n]{3,}$/m.test(text))
    return [observation('inspect/secret/password', 'certain', 'a database of .pgpass')];
  return [];
}

function observation(
  rule: InspectRuleId,
  confidence: 'certain' | 'likely' | 'guess',
  detail: string,
  severity: Severity = inspectRules[rule].severity,
): FileNote {
  return { kind: 'observation', rule, severity, confidence, detail };
}

/** ELF, PE and Mach-O. */
function isExecutable(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32BE(0);
  return [0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(magic) || magic >>> 16 === 0x4d5a;
}
