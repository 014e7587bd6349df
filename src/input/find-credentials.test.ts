import { describe, expect, it } from 'vitest';
import { findCredentials } from './find-credentials.ts';
import type { PassedInput } from './passed-inputs.ts';

const rules = (name: string, value: string, users: readonly string[] = []): readonly string[] =>
  findCredentials(
    { place: 'variable', path: 'p', name, value, expects: 'data' },
    undefined,
    users,
    undefined,
  ).marks.map(({ rule }) => rule.slice('input/'.length));
const flag = (value: string, before?: string): readonly string[] => {
  const input = (text: string): PassedInput => ({ place: 'argument', path: 'p', value: text, expects: 'data' });
  return findCredentials(input(value), before === undefined ? undefined : input(before), [], undefined).marks.map(
    ({ rule }) => rule.slice('input/'.length),
  );
};

it('weighs by its form, wherever it is passed', () => {
  const token = function* () {
    yield { start: 8, end: 48, name: 'GitHub token' };
  };
  for (const input of [
    { place: 'argument', value: '--token=abcdefgh-1234-xyzw' },
    { place: 'variable', name: 'GITHUB_TOKEN', value: 'abcdefgh-1234-xyzw' },
  ] as const)
    expect(findCredentials({ path: 'p', expects: 'data', ...input }, undefined, [], token).marks).toEqual([
      { rule: 'input/credential', what: 'GitHub token', confidence: 'certain', severity: 'high' },
    ]);
});

describe('variables', () => {
  it.each<[name: string, value: string, rules: readonly string[]]>([
    ['DB_PASSWORD', 'kY7-wq93-Lmm2', ['credential']],
    ['POSTGRES_PASSWORD', 'postgres', ['weak-password']],
    ['MYSQL_ROOT_PASSWORD', 'my-secret-pw', ['weak-password']],
    ['RABBITMQ_DEFAULT_PASS', 'guest', ['weak-password']],
    ['ADMIN_PASSWORD', 'P@ssw0rd123', ['weak-password']],
    ['SECRET_KEY_BASE', 'c0ffee-1234-kjh-9987', ['credential']],
    ['JWT_SECRET', 'c0ffee-1234-kjh-9987', ['credential']],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMIkKMDENG', ['credential']],
    ['DATABASE_URL', 'postgres://app:Zx81-qq-7734@db/x', ['credential']],
    ['DATABASE_URL', 'postgres://app:app@db/x', ['weak-password']],
    ['CS', 'Server=db;Password=Zx81-qq-7734', ['credential']],
    ['JWT_KEY', 'c0ffee-1234-kjh-9987', ['credential']],
    ['GITHUB_PAT', 'c0ffee-1234-kjh-9987', ['credential']],
    ['DB_PASSWORT', 'c0ffee-1234-kjh-9987', ['credential']],
    ['HEADER', 'Bearer c0ffee1234kjh9987c0ffee', ['credential']],
    ['HEADER', `Basic ${Buffer.from('user:c0ffee-1234').toString('base64')}`, ['credential']],
    ['DOCKER_CONFIG_JSON', `{"auths":{"r":{"auth":"${Buffer.from('u:c0ffee').toString('base64')}"}}}`, ['credential']],
    ['OPTIONS', '--verbose --password=c0ffee-1234', ['credential']],
    ['OPTIONS', '--no-password=c0ffee', []],
    ['HEADER', 'Bearer realm="registry",scope="pull"', []],
    ['PARTITION_KEY', 'tenant', []],
    ['HIVE_URL', 'jdbc:hive2://h:10000/default;principal=hive/_HOST@EXAMPLE.COM', []],
    ['ALLOW_EMPTY_PASSWORD', 'yes', ['weak-password']],
    ['POSTGRES_HOST_AUTH_METHOD', 'trust', ['weak-password']],
    ['DB_PASSWORD_FILE', '/run/secrets/db', []],
    ['DB_PASSWORD', '/run/secrets/db', []],
    ['DB_PASSWORD', '${DB_PASSWORD}', []],
    ['DB_PASSWORD', '$(DB_PASSWORD)', []],
    ['DB_PASSWORD', '<password>', []],
    ['DB_PASSWORD', '', []],
    ['MYSQL_RANDOM_ROOT_PASSWORD', '1', []],
    ['PASSWORD_POLICY', 'strong', []],
    ['TOKEN_TTL', '3600', []],
    ['AUTH_ENABLED', 'true', []],
    ['COMPASS_DIR', '/x', []],
    ['DATABASE_URL', 'postgres://app@db/x', []],
    ['BACKBLAZE_KEY', 'K003xYz12AbCd34EfGh56IjKl', ['credential']],
    ['WIFI_PSK', 'c0ffee-1234-kjh', ['credential']],
    ['CACHE_KEY', 'K003xYz12AbCd34EfGh56IjKl', []],
    ['SORT_KEY', 'createdAt', []],
    ['PASSWORD_COLUMN', 'pw_hash', []],
    ['TOKENIZER_MODEL', 'gpt2-large', []],
    ['COMPASS', 'north-by-west', []],
    ['API_KEY_QUERY_PARAM', 'apikey', []],
    ['REDIS_AUTH', 'c0ffee-1234', ['credential']],
    ['REGISTRY_AUTH', 'htpasswd', []],
    ['MQTT_AUTH', 'basic', []],
    ['RABBITMQ_ERLANG_COOKIE', 'C0FFEE1234KJH', ['credential']],
    ['VAULT_DEV_ROOT_TOKEN_ID', 'root', ['weak-password']],
    ['PASSWORD_HASHERS', 'argon2', []],
    ['IMAGE_PULL_SECRETS', 'registry-login', []],
    ['API_TOKEN', '${{ secrets.API_TOKEN }}', []],
    ['DB_ENC_KEY', 'c0ffee-1234-kjh-9987', ['credential']],
    ['DSN', 'app:c0ffee-1234@tcp(db:3306)/app', ['credential']],
    ['CHECK', 'mysqladmin ping -uroot -pc0ffee-1234', ['credential']],
    ['CHECK', 'redis-cli -a c0ffee-1234 ping', ['credential']],
    ['CHECK', 'curl -fsS -u app:c0ffee-1234 http://db/', ['credential']],
    ['ALLOW_ANONYMOUS_LOGIN', 'yes', ['weak-password']],
    ['JWT_SECRET', '{"type":"HS256","key":"c0ffee-1234-kjh-9987"}', ['credential']],
    ['JWT_SECRET', '{"type":"RS256","jwk_url":"https://a.example/keys"}', []],
    ['CHECK', 'mysqladmin ping -p$MYSQL_PASSWORD', []],
    ['CHECK', 'redis-cli -a "$REDIS_PASSWORD" ping', []],
    ['CHECK', 'mysql --port 3306 -h db', []],
    ['ADMIN_PASSWORD_HASH', '$2y$10$c0ffeec0ffeec0ffeec0ff', []],
    ['DASHBOARD_AUTH', 'admin:$$apr1$$c0ffee$$c0ffeec0ffee', []],
    ['MAX_TOKENS', '4096', []],
    ['LLM_MAX_OUTPUT_TOKENS', '512', []],
    ['JWT_SECRET_ROTATION_DAYS', '30', []],
    ['K8S_SECRET_NAMESPACE', 'default', []],
    ['SALT_MASTER', 'salt', []],
    ['DB_PASSWORD', '%{env:DB_PASSWORD}', []],
    ['DB_PASSWORD', '__DB_PASSWORD__', []],
    ['DB_PASSWORD', 'ref+vault://app#password', []],
    ['PASSWORD', 'arn:aws:secretsmanager:eu-1:1:secret:app', []],
    ['CONNECTION_STRING', 'Server=db;Password=${DB_PASSWORD};Encrypt=False', []],
    ['API_KEY', '${API_KEY:-invalid}', []],
    ['SENTRY_DSN', 'https://c0ffee@a.ingest.example/1', []],
  ])('%s=%s', (name, value, expected) => {
    expect(rules(name, value)).toEqual(expected);
  });

  it('knows the name of the user for a weak password', () => {
    expect(rules('DB_PASSWORD', 'Quentin', ['quentin'])).toEqual(['weak-password']);
  });
});

describe('flags', () => {
  it.each<[value: string, before: string | undefined, rules: readonly string[]]>([
    ['--password=kY7-wq93-Lmm2', undefined, ['credential']],
    ['kY7-wq93-Lmm2', '--api-key', ['credential']],
    ['foobared', '--requirepass', ['credential']],
    ['--password-file=/run/x', undefined, []],
    ['--default-authentication-plugin=mysql_native_password', undefined, []],
    ['--port', '--token', []],
  ])('%s behind %s', (value, before, expected) => {
    expect(flag(value, before)).toEqual(expected);
  });
});
