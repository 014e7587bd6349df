/** Below these anybody can get a name: suffixes of the public list (publicsuffix.org) that containers often have reason to call. */
const sharedSuffixes: ReadonlySet<string> = new Set([
  'amazonaws.com',
  'cloudfront.net',
  'elasticbeanstalk.com',
  'azurewebsites.net',
  'azureedge.net',
  'azurefd.net',
  'cloudapp.azure.com',
  'cloudapp.net',
  'trafficmanager.net',
  'core.windows.net',
  'blob.core.windows.net',
  'appspot.com',
  'run.app',
  'web.app',
  'firebaseapp.com',
  'cloudfunctions.net',
  'googleusercontent.com',
  'github.io',
  'githubusercontent.com',
  'gitlab.io',
  'herokuapp.com',
  'netlify.app',
  'vercel.app',
  'pages.dev',
  'workers.dev',
  'r2.dev',
  'fastly.net',
  'akamaized.net',
  'digitaloceanspaces.com',
  'ondigitalocean.app',
  'ngrok.io',
  'ngrok-free.app',
  'duckdns.org',
]);
/** Second levels under which countries hand out names. */
const secondLevels: ReadonlySet<string> = new Set(
  'ac co com edu gob gov go ltd me mil ne net nom or org plc sch'.split(' '),
);

/** Whether all names below a suffix that belongs to nobody are meant: `*.com`, `*.co.uk`, `*.github.io`. Those best known; no list is whole. */
export function isBroadName(name: string): boolean {
  if (!name.startsWith('*.')) return false;
  const suffix = name.slice(2);
  const parts = suffix.split('.');
  const [first = '', last = ''] = parts;
  if (parts.length === 1 || sharedSuffixes.has(suffix)) return true;
  // Regions of a cloud lie between its name and its customers': *.s3.eu-central-1.amazonaws.com.
  if (suffix.endsWith('.amazonaws.com')) return true;
  return parts.length === 2 && last.length === 2 && secondLevels.has(first);
}
