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
export function isWeakPassword(password: string, others: readonly string[] = []): boolean {
  const text = password.trim().toLowerCase();
  if (text.length < 5 || wellKnown.has(text) || wellKnown.has(text.replace(/[!@#$%^&*._-]+$/, ''))) return true;
  if (/^(.)\1*$/.test(text) || /^(?:\d{1,7}|(?:19|20)\d\d)$/.test(text)) return true;
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
