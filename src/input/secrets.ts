/** Names whose values are secrets, as people spell them: DB_PASSWORD, apiKey, --requirepass, POSTGRES_PW. */
const secretName =
  /(?:^|[_.\-/])(?:pass|pwd|pw|psw|passwd|password|passphrase|passcode|pin|secret|secrets|token|apikey|credential|credentials|creds|auth|cookie|requirepass|masterauth|sas)(?:$|[_.\-/]?\d*$)|(?:password|passwd|passphrase|secret|token|credential|requirepass|masterauth|private[_.-]?key|secret[_.-]?key|api[_.-]?key|access[_.-]?key|enc(?:ryption)?[_.-]?key|signing[_.-]?key|master[_.-]?key|shared[_.-]?key|account[_.-]?key|license[_.-]?key|app[_.-]?key|auth[_.-]?key|(?:hmac|jwt|fernet|crypt|cipher|aes|rsa|session|cookie|storage|service|deploy|bot|admin)[_.-]?key$|[_.-]pat$|totp[_.-]?seed|mnemonic|passwort|kennwort|mot[_.-]?de[_.-]?passe|contrase(?:n|ñ|ny)a|senha$|wachtwoord|(?:^|[_.-])psk$|snmp[_.-]?community$|(?:salt|gossip|application)[_.-]?key$|(?:^|[_.-])salt$|erlang[_.-]?cookie|client[_.-]?secret|webhook[_.-]?url|basic[_.-]?auth|_pw$|_pass$|pass$)/i;

/** Names that only speak of a secret: where it lies, how long it lives, whether there is one. */
const aboutSecret =
  /(?:_file|[_.-]path|[_.-]dir|[_.-]url|[_.-]uri|[_.-]host|[_.-]name|[_.-]user(?:name)?|[_.-]ttl|[_.-]type|[_.-]length|[_.-]len|[_.-]expir\w*|[_.-]lifetime|[_.-]age|[_.-]enabled?|[_.-]algorithm|[_.-]alg|[_.-]plugin|[_.-]method|[_.-]policy|[_.-]provider|[_.-]issuer|[_.-]endpoint|[_.-]timeout|[_.-]duration|[_.-]header|[_.-]field|[_.-]mode|[_.-]id|[_.-]keys?ring|[_.-]min\w*|[_.-]max\w*|[_.-]hash[_.-]?(?:alg\w*|rounds|cost)|[_.-]encoding|[_.-]store|[_.-]manager|[_.-]version|[_.-]var|[_.-](?:day|hour|minute|second|min|sec|m?sec)s?|[_.-](?:column|attribute|query|hint|subject|strength|strategy|encryption|hashers?|helper|symbol|contract|model|engine|required|param|parameter|detection|scanning|authentication|access|keyspace|template|message|text|title|email|color|icon|link|page|form|table|collection|schema|mapping|function|handler|class|factory|generator|resolver|validator|verification|validation|cache|index|count|limit|size|rounds|rotation|namespace|mount|master|backend|backends|kwargs|address|prefix|realm|scopes?|audience|domain|region|format|status|source|location|bucket|table|label|regex|pattern|claim|cookie[_.-]name|iterations|interval|per[_.-]\w+)|token[_.-]cookie|pull[_.-]secrets?|ssl[_.-]\w{3,10}[_.-]credentials|file)$|(?:^|[_.-])(?:max|min|num|total|llm|input|output|prompt|completion)[_.-](?:\w+[_.-])?tokens?$|^-{0,2}(?:allow|random|enable|disable|use|no|skip|require|with|generate|reset|default[_.-]auth\w*)[_.-]|(?:allow|random|empty|generate|reset)[_.-].*pass/i;

export function isSecretName(name: string): boolean {
  if (name.length > 200 || !secretName.test(name.replace(/^-+/, ''))) return false;
  if (/(?:com|by|sur|tres|over|under)pass$|tokeni[sz]/i.test(name)) return false;
  if (/webhook[_.-]?url$|dev[_.-]root[_.-]token[_.-]id$/i.test(name)) return true;
  return !aboutSecret.test(name);
}

/** What systems keep in the place of a password: it is a secret, but none in the clear. */
export function isPasswordHash(value: string): boolean {
  return /^(?:[\w.@-]{1,80}:)?\$(?:1|2[abxy]?|5|6|7|y|apr1|argon2\w{1,3}|scrypt|pbkdf2\S{0,20})\$[^\s]{6,}$/.test(
    value.trim().replaceAll('$$', '$'),
  );
}

/** JSON that only says where or how: `{"type":"RS256","jwk_url":"…"}`. */
function isSetting(text: string): boolean {
  return (
    /^\{[\s\S]*\}$/.test(text) &&
    text.length < 8192 &&
    !/"[^"]{0,60}(?:pass|secret|token|key|auth|credential|pwd|pat|sas)[^"]{0,20}"\s*:\s*"[^"]/i.test(text)
  );
}

const references =
  /^(?:vault|aws-?sm|ssm|gcp-?sm|op|secretref|arn|keyvault|bws|doppler|sops|env|secret|ref\+\w+|azurekeyvault):|^@Microsoft\.KeyVault\(/i;

/** A name that is a key of something, and a value that nobody made up: letters and digits without a word. */
export function isRandomKey(name: string, value: string): boolean {
  return (
    name.length < 200 &&
    /(?:^|[_.-])key$/i.test(name) &&
    !/(?:public|site|publishable|primary|foreign|partition|sort|cache|row|object|registry|host|measurement|dsa|rsa|ecdsa|ed25519|vapid)[_.-]?key$/i.test(
      name,
    ) &&
    /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/_=-]{20,200}$/.test(value.trim()) &&
    !/^\/|[a-z]{7}/.test(value.trim())
  );
}

/** A secret itself, rather than a switch, a reference to one, or what stands in its place in an example. */
export function isLiteralSecret(value: string): boolean {
  const text = value.trim();
  if (text === '' || /^(?:true|false|yes|no|on|off|none|null|nil|undefined|0|1)$/i.test(text)) return false;
  if (
    /^\$\{[^}]*\}$|^\$\{\{[^}]*\}\}$|^\$\$?\w+$|^\$\([\w.]+\)$|^%\w+%$|^%\{[^}]*\}$|^#\{[^}]*\}#?$|^__\w+__$|^\{\{.*\}\}$|^<[^>]*>$|^\[[\w\s-]+\]$|^[.*x]+`?$|^REDACTED$|^\*+$/i.test(
      text,
    )
  )
    return false;
  return (
    !/^(?:file:\/\/)?\/(?:run\/secrets|etc|var|opt|usr|mnt|vault|secrets?|config|home|root|data|tmp|certs?|keys?)(?:\/|$)[\w./-]*$/i.test(
      text,
    ) &&
    !references.test(text) &&
    !isSetting(text)
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
  yield* commandPasswords(text);
  if ((!text.includes('=') && !text.includes(':')) || references.test(text)) return;
  let count = 0;
  for (const match of text.matchAll(
    /(?<!\w)(?<!\w-)(?<!\$\{)(?:password|passwd|pwd|secret|accountkey|sharedaccesskey|sharedaccesssignature|token|api[_-]?key)\\?["']?\s{0,3}[=:]\s{0,3}(?:\\?"([^"\\\n]{1,300})\\?"|'([^'\n]{1,300})'|([^\s;,&"'`)}\]]{1,300}))/gi,
  )) {
    if (++count > 50) return;
    const [whole, double, single, bare] = match;
    const secret = double ?? single ?? bare ?? '';
    if (!isLiteralSecret(secret) || secret.startsWith('$')) continue;
    const start = match.index + whole.lastIndexOf(secret);
    yield { start, end: start + secret.length, user: '' };
  }
}

/** What is told to clients on their command lines: `mysql -psecret`, `redis-cli -a secret`, `curl -u user:secret`, and Go's DSN of MySQL. */
const told = [
  /\b(?:mysql|mysqladmin|mysqldump|mysqlshow|mariadb|mariadb-admin|mariadb-dump)\s[^\n|;&]{0,200}?\s-p["']?([^\s"'$;|&-][^\s"';|&]{0,100})/g,
  /\b(?:redis-cli|valkey-cli)\s[^\n|;&]{0,120}?(?<=\s)(?:-a|--pass)\s+["']?([^\s"'$;|&-][^\s"';|&]{0,100})/g,
  /\bsshpass\s+-p\s*["']?([^\s"'$;|&-][^\s"';|&]{0,100})/g,
  /\bsqlcmd\s[^\n|;&]{0,200}?\s-P\s*["']?([^\s"'$;|&-][^\s"';|&]{0,100})/g,
  /\b(?:mongo|mongosh|mongodump|ldapsearch|ldapadd)\s[^\n|;&]{0,200}?\s-[pw]\s+["']?([^\s"'$;|&-][^\s"';|&]{0,100})/g,
  /\bcurl\s[^\n|;&]{0,300}?\s(?:-u|--user)\s*["']?[\w.@-]{1,80}:([^\s"'$;|&{<][^\s"';|&]{0,100})/g,
  /(?:^|[\s"'=])[\w.-]{1,60}:([^\s:@/$"'{<][^\s:@/"']{0,100})@(?:tcp|udp|unix)\(/g,
] as const;

function* commandPasswords(
  text: string,
): Generator<{ readonly start: number; readonly end: number; readonly user: string }> {
  if (!/\s-|@(?:tcp|udp|unix)\(/.test(text)) return;
  let count = 0;
  for (const pattern of told)
    for (const { 0: whole, 1: secret = '', index } of text.matchAll(pattern)) {
      if (++count > 50) return;
      if (!isLiteralSecret(secret)) continue;
      const start = index + whole.lastIndexOf(secret);
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
