/** Names whose values are secrets, as people spell them: DB_PASSWORD, apiKey, --requirepass, POSTGRES_PW. */
const secretName =
  /(?:^|[_.\-/])(?:pass|pwd|pw|psw|passwd|password|passphrase|passcode|pin|secret|secrets|token|apikey|credential|credentials|creds|auth|cookie|requirepass|masterauth|dsn|sas)(?:$|[_.\-/]?\d*$)|(?:password|passwd|passphrase|secret|token|credential|requirepass|masterauth|private[_.-]?key|secret[_.-]?key|api[_.-]?key|access[_.-]?key|encryption[_.-]?key|signing[_.-]?key|master[_.-]?key|shared[_.-]?key|account[_.-]?key|license[_.-]?key|app[_.-]?key|auth[_.-]?key|(?:hmac|jwt|fernet|crypt|cipher|aes|rsa|session|cookie|storage|service|deploy|bot|admin)[_.-]?key$|[_.-]pat$|totp[_.-]?seed|mnemonic|passwort|kennwort|mot[_.-]?de[_.-]?passe|contrase(?:n|ñ|ny)a|senha$|wachtwoord|salt|erlang[_.-]?cookie|client[_.-]?secret|webhook[_.-]?url|connection[_.-]?string|basic[_.-]?auth|_pw$|_pass$|pass$)/i;

/** Names that only speak of a secret: where it lies, how long it lives, whether there is one. */
const aboutSecret =
  /(?:_file|[_.-]path|[_.-]dir|[_.-]url|[_.-]uri|[_.-]host|[_.-]name|[_.-]user(?:name)?|[_.-]ttl|[_.-]type|[_.-]length|[_.-]len|[_.-]expir\w*|[_.-]lifetime|[_.-]age|[_.-]enabled?|[_.-]algorithm|[_.-]alg|[_.-]plugin|[_.-]method|[_.-]policy|[_.-]provider|[_.-]issuer|[_.-]endpoint|[_.-]timeout|[_.-]duration|[_.-]header|[_.-]field|[_.-]mode|[_.-]id|[_.-]keys?ring|[_.-]min\w*|[_.-]max\w*|[_.-]hash[_.-]?(?:alg\w*|rounds|cost)|[_.-]encoding|[_.-]store|[_.-]manager|[_.-]version|[_.-]var|file)$|^-{0,2}(?:allow|random|enable|disable|use|no|skip|require|with|generate|reset|default[_.-]auth\w*)[_.-]|(?:allow|random|empty|generate|reset)[_.-].*pass/i;

export function isSecretName(name: string): boolean {
  if (name.length > 200 || !secretName.test(name.replace(/^-+/, ''))) return false;
  if (/webhook[_.-]?url$/i.test(name)) return true;
  return !aboutSecret.test(name);
}

/** A secret itself, rather than a switch, a reference to one, or what stands in its place in an example. */
export function isLiteralSecret(value: string): boolean {
  const text = value.trim();
  if (text === '' || /^(?:true|false|yes|no|on|off|none|null|nil|undefined|0|1)$/i.test(text)) return false;
  if (
    /^\$\{[^}]*\}$|^\$\$?\w+$|^\$\([\w.]+\)$|^%\w+%$|^\{\{.*\}\}$|^<[^>]*>$|^\[[\w\s-]+\]$|^[.*x]+`?$|^REDACTED$|^\*+$/i.test(
      text,
    )
  )
    return false;
  return (
    !/^(?:file:\/\/)?\/(?:run\/secrets|etc|var|opt|usr|mnt|vault|secrets?|config|home|root|data|tmp|certs?|keys?)(?:\/|$)[\w./-]*$/i.test(
      text,
    ) && !/^(?:vault|aws-?sm|ssm|gcp-?sm|op|secretref|arn):/i.test(text)
  );
}

/** Where the password of a URL stands: `postgres://user:password@host`. Yields spans of at most 50. */
export function* urlPasswords(
  text: string,
): Generator<{ readonly start: number; readonly end: number; readonly user: string }> {
  if (!text.includes('@')) return;
  let count = 0;
  for (const match of text.matchAll(
    /[a-z][a-z0-9+.-]{1,30}:\/\/([^\s:/@?#'"]{0,200}):([^\s/@'"]{1,300}|[^\s'"]{1,300}?)@/gi,
  )) {
    if (++count > 50) return;
    const [whole, user = '', password = ''] = match;
    // A port and a path, with an @ behind: `//hive:10000/default;principal=hive/_HOST@EXAMPLE`.
    if (!isLiteralSecret(password) || /^\$|^%%|^\{|^\d{1,5}\//.test(password)) continue;
    const end = match.index + whole.length - 1;
    yield { start: end - password.length, end, user };
  }
}

/** Passwords of connection strings: `Server=db;Password=x`, `password=x host=db`. */
export function* pairedPasswords(
  text: string,
): Generator<{ readonly start: number; readonly end: number; readonly user: string }> {
  if (!text.includes('=') && !text.includes(':')) return;
  let count = 0;
  for (const match of text.matchAll(
    /(?<!\w)(?<!\w-)(?:password|passwd|pwd|secret|accountkey|sharedaccesskey|sharedaccesssignature|token|api[_-]?key)\\?["']?\s{0,3}[=:]\s{0,3}(?:\\?"([^"\\\n]{1,300})\\?"|'([^'\n]{1,300})'|([^\s;,&"'`)}\]]{1,300}))/gi,
  )) {
    if (++count > 50) return;
    const [whole, double, single, bare] = match;
    const secret = double ?? single ?? bare ?? '';
    if (!isLiteralSecret(secret) || secret.startsWith('$')) continue;
    const start = match.index + whole.lastIndexOf(secret);
    yield { start, end: start + secret.length, user: '' };
  }
}

const pem = /-----BEGIN (?:[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----/;

export function hasPrivateKey(text: string): boolean {
  return pem.test(text);
}

/** A whole value that is what goes behind `Authorization:`; a file of docker with what its registries ask for. */
export function isAuthorization(text: string): boolean {
  if (/^\s*(?:Bearer|Token|ApiKey)\s+[\w.~+/-]{16,4000}=*\s*$/i.test(text)) return true;
  const basic = /^\s*Basic\s+([A-Za-z0-9+/]{8,1000}={0,2})\s*$/i.exec(text)?.[1];
  const stored = /"auth"\s*:\s*"([A-Za-z0-9+/]{8,1000}={0,2})"/.exec(text)?.[1];
  return [basic, stored].some(
    (each) => each !== undefined && /^[^\s:]{1,200}:./.test(Buffer.from(each, 'base64').toString('latin1')),
  );
}
