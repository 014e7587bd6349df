import type { Anchor } from './anchored-search.ts';
import type { InspectRuleId } from './rules.ts';

export interface SecretPattern extends Anchor {
  readonly rule: InspectRuleId;
  readonly confidence: 'certain' | 'likely' | 'guess';
  /** What it is, for a person. */
  readonly name: string;
  /** What comes behind it, as a regular expression, where the anchor alone stands in many a word. */
  readonly follows: string;
  /** Sticky. The group `secret`, or the whole, is what must not be shown. */
  readonly pattern: RegExp;
  /** The same within a longer word. */
  readonly anywhere: RegExp;
  /** How many first characters say what it is and nothing more. */
  readonly shown: number;
}

function pattern(
  rule: InspectRuleId,
  name: string,
  [anchor, lead, follows = '']: readonly [anchor: string, lead: number, follows?: string],
  regex: RegExp,
  shown = 0,
  confidence: SecretPattern['confidence'] = 'certain',
): SecretPattern {
  return { rule, name, anchor, lead, follows, pattern: regex, anywhere: withoutBounds(regex), shown, confidence };
}

/** Without what must not stand before and behind. */
function withoutBounds({ source, flags }: RegExp): RegExp {
  const open = source.replace(/^\(\?<!(?:\[[^\]]+\]|\\w)\)/, '').replace(/\(\?!(?:\[[^\]]+\]|\\w)\)$/, '');
  return new RegExp(open, flags);
}

const cloud = 'inspect/secret/cloud-credential';
const token = 'inspect/secret/service-token';

/** Every part is bounded, so that no text takes longer than its length. An anchor of six
 * letters at most that begins with a rare one is found ten times as fast as another (V8 has other ways for longer ones). */
export const secretPatterns: readonly SecretPattern[] = [
  pattern(
    'inspect/secret/private-key',
    'private key',
    ['VATE K', 40],
    /-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|\s){1,8}(?<secret>(?:[A-Za-z0-9+/=:,. -]{1,80}(?:\\[nr]|\s){1,4}){1,200})/y,
  ),
  pattern(cloud, 'AWS access key', ['AKIA', 0], /(?<![A-Za-z0-9+/])AKIA[A-Z2-7]{16}(?![A-Za-z0-9+/])/y, 4, 'likely'),
  pattern(
    cloud,
    'AWS secret key',
    ['ws_sec', 1],
    /aws_secret_access_key["']?\s{0,4}[=:]\s{0,4}["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/y,
  ),
  pattern(
    cloud,
    'AWS secret key',
    ['WS_SEC', 1],
    /AWS_SECRET_ACCESS_KEY["']?\s{0,4}[=:]\s{0,4}["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/y,
  ),
  pattern(cloud, 'Azure storage key', ['Key=', 7], /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/y),
  pattern(token, 'Google API key', ['AIza', 0], /(?<![\w-])AIza[\w-]{35}(?![\w-])/y, 4, 'likely'),
  pattern(
    token,
    'GitHub token',
    ['gh', 0, '[oprsu]_'],
    /(?<![A-Za-z0-9])gh[oprsu]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9])/y,
    4,
  ),
  pattern(token, 'GitHub token', ['_pat_', 6], /(?<!\w)github_pat_\w{82}(?!\w)/y, 11),
  pattern(token, 'GitLab token', ['glpat-', 0], /(?<![\w-])glpat-[\w-]{20,64}(?![\w-])/y, 6),
  pattern(token, 'Slack token', ['xox', 0], /(?<![\w-])xox[abprs]-[A-Za-z0-9-]{20,250}/y, 5),
  pattern(
    token,
    'Slack webhook',
    ['ks.sla', 3],
    /hooks\.slack\.com\/services\/(?<secret>T\w{8,12}\/B\w{8,12}\/\w{20,30})/y,
  ),
  pattern(token, 'Stripe key', ['_live_', 2], /(?<!\w)[sr]k_live_[A-Za-z0-9]{20,250}(?!\w)/y, 8),
  pattern(token, 'SendGrid key', ['SG.', 0], /(?<![\w.-])SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/y, 3),
  pattern(token, 'npm token', ['npm_', 0], /(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)/y, 4),
  pattern(token, 'Docker Hub token', ['dckr_', 0], /(?<![\w-])dckr_(?:pat|oat)_[\w-]{27,32}(?![\w-])/y, 9),
  pattern(token, 'DigitalOcean token', ['_v1_', 3], /(?<!\w)do[opr]_v1_[0-9a-f]{64}(?!\w)/y, 7),
  pattern(token, 'Vault token', ['hvs.', 0], /(?<![\w.-])hvs\.[\w-]{24,200}(?![\w-])/y, 4),
  pattern(token, 'Vault token', ['hvb.', 0], /(?<![\w.-])hvb\.[\w-]{24,300}(?![\w-])/y, 4),
  pattern(token, 'Shopify token', ['shp', 0, '[acps]'], /(?<!\w)shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}(?!\w)/y, 6),
  pattern(token, 'SonarQube token', ['sq', 0, '[apu]_'], /(?<!\w)sq[apu]_[0-9a-f]{40}(?!\w)/y, 4),
  pattern(token, 'Pulumi token', ['pul-', 0], /(?<![\w-])pul-[0-9a-f]{40}(?!\w)/y, 4),
  pattern(token, 'Google OAuth token', ['ya29.', 0], /(?<![\w.-])ya29\.[\w-]{40,400}(?![\w-])/y, 5, 'likely'),
  pattern(token, 'age key', ['AGE-SE', 0], /(?<![\w-])AGE-SECRET-KEY-1[A-Z0-9]{50,60}(?!\w)/y, 15),
  pattern(token, 'PyPI token', ['AgEIcH', 5], /pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}/y, 5),
  pattern(
    'inspect/secret/registry-credential',
    'npm registry credential',
    ['_auth', 1],
    /(?:^|:)_auth(?:Token)?\s{0,4}=\s{0,4}["']?(?<secret>[A-Za-z0-9+/=_-]{16,500})(?![\w$.([])/my,
  ),
  pattern(
    'inspect/secret/url-password',
    'password in a URL',
    [':/', 11],
    // One slash where the URL was taken for a path.
    /(?<!\w)(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|ldaps?|ftps?|https?|smtps?):\/\/?[^\s:/@'"`<>{}$]{0,64}:(?<secret>[^\s:/@'"`<>{}$]{3,128})@[A-Za-z0-9.-]{1,253}/y,
    0,
    'likely',
  ),
  pattern(
    'inspect/secret/web-token',
    'JSON Web Token',
    // The e before it is everywhere.
    ['yJ', 1, '[\\w-]{10}'],
    /(?<![\w.-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}(?![\w-])/y,
    3,
    'likely',
  ),
];

/** The shortest of all that are told by themselves; what stands in an address, or behind a name and `=`, is shorter. */
export const shortestToken = 20;

/** Names of variables whose value is a secret. */
const secretName =
  /(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET(?:_?KEY)?|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)(?:_?\d{1,3})?$/i;

/** `NAME=value` of an environment, a build step or a .env file, where the name says that the value is secret. */
export const secretAssignment =
  /(?<![\w$])(?<name>[A-Za-z_][A-Za-z0-9_]{1,60})=(?<secret>"[^"\n]{1,500}"|'[^'\n]{1,500}'|[^\s"'|&;]{1,500})/g;

export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

const placeholders =
  /^(?:change_?me|change_?it|example|sample|placeholder|your[-_ ]?.*|xx+|\*+|\.+|-+|none|null|nil|undefined|true|false|yes|no|todo|redacted|dummy|foo|bar|test|user|name|password|passwd|pass|pwd|secret|token|key)\d*$/i;

/** A value that stands for a secret, or tells where it is. */
export function isPlaceholder(value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, '');
  if (bare.length < 4 || placeholders.test(bare)) return true;
  // A reference to another variable, a command, a file, a template.
  if (/^[$<{[(%@/.~]|\$\{|\{\{|<[^>]*>$|^(?:file|env|vault|arn|secret|op):/i.test(bare)) return true;
  return /EXAMPLE/.test(bare) || new Set(bare).size < 3;
}
