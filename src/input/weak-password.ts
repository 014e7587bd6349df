const wellKnown = new Set(
  `password passwd pass pwd root admin administrator toor changeme changeit change-me change_me changemenow default guest test tester testing test123
  user demo example secret secrets mysecret topsecret supersecret letmein welcome welcome1 login master qwerty qwerty123 qwertyuiop
  azerty abc123 abcd1234 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0000 00000 000000 111111 1111 123123
  654321 666666 88888888 iloveyou monkey dragon football baseball sunshine princess shadow superman batman trustno1 passw0rd
  p@ssw0rd p@ssword pa55word password1 password12 password123 password1234 admin123 admin1234 adminadmin root123 rootroot rootpwd rootpass rootpassword
  mysql mariadb postgres postgresql postgrespw pgadmin oracle mssql sa sqlserver mongo mongodb redis rabbitmq guestguest elastic elasticsearch
  kibana logstash grafana prometheus jenkins sonar sonarqube nexus gitlab gitea nextcloud owncloud wordpress wp drupal joomla ghost magento odoo
  keycloak vault consul minio minioadmin minio123 cassandra neo4j influxdb influx kafka zookeeper tomcat s3cret manager jboss wildfly glassfish weblogic
  nagios zabbix docker kubernetes k8s openshift portainer traefik nginx apache django flask laravel symfony rails node app application service backend frontend web www
  db database data dbpassword db_password dbpass dbuser dbadmin mydb my-secret-pw mysecretpassword my-secret-password mypassword my_password my-password mypass
  your_password yourpassword your-password yourstrongpassword your_secure_password example_123 example123 samplepassword sample dummy dummypassword foo bar foobar foobarbaz hello helloworld
  somepassword some-password some-secret strongpassword securepassword secretpassword secret123 notsecret insecure unsafe temp temppassword temporary local localhost dev devel development staging prod production
  raspberry ubnt pi alpine vagrant ansible puppet support supervisor system sys operator public private cisco none empty blank null
  aaa aaaa aaaaaa asdf asdfgh asdfghjkl zxcvbn zxcvbnm 1q2w3e 1q2w3e4r 1q2w3e4r5t qazwsx q1w2e3r4 abc abcd abcdef abcdefg xyz test1 test1234 user1 user123 guest123 hunter2
  correcthorsebatterystaple superset airflow metabase rundeck rancher harbor12345 harbor couchdb couchbase arangodb orientdb solr activemq artemis emqx hivemq
  changethis change_this changeme123 replaceme replace_me replace-me setme set_me todo fixme yourstrong(!)password yourstrong!passw0rd pass123 pass1234 pass@123 p@ss p@ssw0rd123 admin@123 welcome123 welcome@123
  thesilverpeaspassword my_cool_secret mysecretpassword1 examplepass examplepassword exampleuser postgres123 mysql123 redis123 mongo123 ninja rooot`.split(
    /\s+/,
  ),
);

/** Whether anybody would try it among the first: well known, short, one character again and again, or the name of the user. */
/** Words that people put a number behind: seasons, months, what the password is for, names of rows of keys. */
const bases = new Set(
  `spring summer autumn fall winter january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday company firma office login hello hallo hi test demo user guest admin root
  password passwort passwords passw pass pwd pw kennwort geheim secret secrets sommer herbst fruehling frühling montag freitag januar februar märz
  juni juli oktober dezember motdepasse bonjour soleil azerty azertyuiop qwerty qwertz qwertzuiop asdf asdfgh yxcv zxcv zxcvbn qwer qwerasdf
  contraseña contrasena hola senha wachtwoord welkom willkommen bienvenue welcome changeme letmein monkey dragon master shadow football
  iloveyou love baby angel super server database docker container kubernetes cluster service app default system manager oracle
  mysql postgres postgresql mongo mongodb redis rabbitmq elastic grafana jenkins gitlab minio keycloak wordpress nextcloud zabbix`.split(
    /\s+/,
  ),
);
const kinds = '(?:password|passwort|passwd|pass|pwd|pw|secret|user|admin|root)';
const ofWhat = new RegExp(
  `^(?:my|your|the|new|old|db|pg|sql|mysql|postgres|mongo|redis|rabbit|app|web|api|test|dev|prod|root|admin|user|super|default|sample|example)[_.-]?${kinds}\\d{0,4}$`,
);
/** Left to right, and columns downwards, of the usual keyboards. */
const rows = [
  '1234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1qaz2wsx3edc4rfv5tgb',
  'zaq12wsx',
  '1q2w3e4r5t6z',
  '1q2w3e4r5t6y',
  'abcdefghijklmnopqrstuvwxyz',
];

/** A well-known word with a year or some digits, the same again, or fingers that walk over the keys. */
function isGuessable(text: string): boolean {
  if (text.length > 24) return false;
  const bare = text.replace(/[!?.*#$+_-]{1,3}$/, '');
  const leet = (word: string) =>
    word
      .replaceAll('0', 'o')
      .replaceAll('@', 'a')
      .replaceAll('4', 'a')
      .replaceAll('3', 'e')
      .replaceAll('1', 'i')
      .replaceAll('5', 's')
      .replaceAll('$', 's');
  const [, word = '', digits = ''] = /^(.*?)[@._#!-]?(\d{0,4})$/.exec(bare) ?? [];
  if (digits.length <= 4 && (bases.has(word) || bases.has(leet(word)) || bases.has(leet(bare)))) return true;
  if (/^\d{1,4}[@._-]?/.test(bare) && bases.has(bare.replace(/^\d{1,4}[@._-]?/, ''))) return true;
  if (ofWhat.test(bare) || ofWhat.test(leet(bare))) return true;
  const half = bare.length / 2;
  if (Number.isInteger(half) && half <= 8 && bare.slice(0, half) === bare.slice(half)) return true;
  if (/^(?:([a-z])(\d)){2,}$/.test(bare) && isRising(bare.replace(/\d/g, '')) && isRising(bare.replace(/\D/g, '')))
    return true;
  return walks(bare);
}

function isRising(text: string): boolean {
  return [...text].every((char, at) => at === 0 || char.charCodeAt(0) === text.charCodeAt(at - 1) + 1);
}

/** All of it in at most three pieces of rows, each of three and more keys, forwards or backwards. */
function walks(text: string): boolean {
  let at = 0;
  for (let pieces = 0; pieces < 3 && at < text.length; pieces++) {
    let longest = 0;
    for (const row of rows)
      for (const keys of [row, [...row].reverse().join('')])
        for (let size = Math.min(keys.length, text.length - at); size >= 3 && size > longest; size--)
          if (keys.includes(text.slice(at, at + size))) longest = size;
    if (longest === 0) return false;
    at += longest;
  }
  return at >= text.length;
}

export function isWeakPassword(password: string, others: readonly string[] = []): boolean {
  const text = password.trim().toLowerCase();
  if (text.length < 5 || wellKnown.has(text) || wellKnown.has(text.replace(/[!@#$%^&*._-]+$/, ''))) return true;
  if (/^(.)\1*$/.test(text) || /^(?:\d{1,7}|(?:19|20)\d\d)$/.test(text)) return true;
  if (isGuessable(text)) return true;
  const letters = text.replace(/[^a-z]/g, '');
  const plain = text
    .replaceAll('0', 'o')
    .replaceAll('@', 'a')
    .replaceAll('3', 'e')
    .replaceAll('1', 'i')
    .replaceAll('5', 's')
    .replaceAll('$', 's');
  if (
    /^(?:password|passwort|passwd|changeme|welcome|letmein|qwerty|secret|admin|root)[\d!._@#-]{0,4}$/.test(plain) ||
    (text.length < 10 && wellKnown.has(letters) && /^[a-z]+\d{1,3}[!.]?$/.test(text))
  )
    return true;
  return others.some(
    (other) =>
      other.length > 1 &&
      (text === other.toLowerCase() || text === `${other.toLowerCase()}123` || text === `${other.toLowerCase()}1`),
  );
}
