import type { Command } from 'commander';
import { formatInstant } from '../../base/index.ts';
import { formatImageReference, parsePlatform, platformOfNode, type Signer, type Trust } from '../../model/index.ts';
import { type AddVerb, type Context, formatOption, parseCount, storeOptions, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { type Output, printJson, printTable } from '../output.ts';
import type { VerifyReport, VerifyRequest } from '../wiring.ts';

interface VerifyOptions {
  readonly bundle?: string;
  readonly artifact?: string;
  readonly key: readonly string[];
  readonly identity?: string;
  readonly identityPattern?: string;
  readonly issuer?: string;
  readonly issuerPattern?: string;
  readonly trustRoot?: string;
  readonly tuf?: string;
  readonly tufRoot?: string;
  readonly certificates?: string;
  readonly notationIdentity: readonly string[];
  readonly keyring?: string;
  readonly fingerprint: readonly string[];
  readonly lookaside?: string;
  readonly signedAs: readonly string[];
  readonly signers: number;
  readonly platform?: string;
  readonly plainHttp: readonly string[];
  readonly format: 'table' | 'json';
}

export const addVerify: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('verify')
    .description('who vouches for an image or a file: exit status 0 accepted, 1 refused')
    .argument('[image]', 'a reference in a registry')
    .option('--bundle <file>', 'a sigstore bundle, with --artifact instead of an image')
    .option('--artifact <file>', 'what the bundle is of: a file, or sha256:HEX for a statement')
    .option('--key <file...>', 'public keys whose signatures count', [])
    .option('--identity <id>', 'exactly who must have signed, with --issuer')
    .option('--identity-pattern <pattern>', 'the same with * for what is between two / and ** for anything')
    .option('--issuer <url>', 'exactly who must say so')
    .option('--issuer-pattern <pattern>')
    .option('--trust-root <file>', 'trusted_root.json of a sigstore instance; else that of the public-good instance')
    .option('--tuf <url>', 'a TUF repository to take the trusted root from')
    .option('--tuf-root <file>', 'its first root.json')
    .option('--certificates <file>', 'root certificates whose signatures by notation count, with --notation-identity')
    .option('--notation-identity <name...>', '"x509.subject: C=US, O=acme", or * for anybody whom they certify', [])
    .option('--keyring <file>', 'OpenPGP public keys, with --fingerprint')
    .option('--fingerprint <hex...>', 'OpenPGP keys whose signatures count', [])
    .option('--lookaside <url>', 'where OpenPGP signatures lie beside the registry: a directory or a URL')
    .option('--signed-as <repository...>', 'other names under which the image may have been signed', [])
    .option('--signers <n>', 'how many different signers it takes', parseCount, 1)
    .option('--platform <os/arch>', 'of an index, the image that is to run; this machine by default')
    .option('--plain-http <host...>', 'registries that speak HTTP without TLS', [])
    .addOption(formatOption('table', 'json'))
    .addHelpText(
      'after',
      `
Examples:
  portwarden verify registry.example/app:1 --key cosign.pub
  portwarden verify registry.example/app:1      # by the TrustRoot documents in force
  portwarden verify --bundle app.sigstore.json --artifact app.tar \\
    --identity https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main \\
    --issuer https://token.actions.githubusercontent.com`,
    )
    .action(async (image: string | undefined, options: VerifyOptions, command: Command) => {
      const report =
        image !== undefined && options.bundle === undefined && !namesTrust(options)
          ? await verifyStored(context, command, image, options)
          : await verifyAsked(context, command, image, options);
      if (report === undefined) return;
      if (options.format === 'json') printJson(output, jsonOf(report));
      else await print(output, report);
      if (report.trust.state !== 'verified') context.end(exitCode.refused);
    });
};

/** Whether the command line says whose signature counts; else the documents that are in force do. */
function namesTrust(options: VerifyOptions): boolean {
  const { identity, identityPattern, issuer, issuerPattern, keyring, certificates } = options;
  const named = [identity, identityPattern, issuer, issuerPattern, keyring, certificates];
  return options.key.length > 0 || named.some((each) => each !== undefined);
}

async function verifyStored(context: Context, command: Command, image: string, { platform: text }: VerifyOptions) {
  const platform = text === undefined ? platformOfNode(process.arch) : parsePlatform(text);
  if (!platform) return command.error(`error: "${text}" is not a platform`);
  return withServices(context, command, async ({ certification }) => {
    const { chain, ...verification } = await certification.verify(image, platform, context.signal);
    return { ...verification, subjects: chain.map(formatImageReference) };
  });
}

async function verifyAsked(context: Context, command: Command, image: string | undefined, options: VerifyOptions) {
  const request = requestOf(image, options);
  if (typeof request === 'string') return command.error(`error: ${request}`);
  return context.wiring.verify({ ...request, ...storeOptions(command), signal: context.signal });
}

/** What is asked, or what is wrong with how. */
function requestOf(image: string | undefined, options: VerifyOptions): Omit<VerifyRequest, 'signal'> | string {
  const { bundle, artifact, platform } = options;
  if ((image === undefined) === (bundle === undefined)) return 'it takes an image, or --bundle FILE --artifact FILE';
  if ((bundle === undefined) !== (artifact === undefined)) return '--bundle and --artifact go together';
  const identity = { subject: options.identity, subjectPattern: options.identityPattern };
  const issuer = { issuer: options.issuer, issuerPattern: options.issuerPattern };
  const hasIdentity = given(identity).length > 0;
  if (hasIdentity !== given(issuer).length > 0) return '--identity and --issuer go together: each says nothing alone';
  if (given(identity).length > 1 || given(issuer).length > 1) return 'an identity is exact or a pattern, not both';
  if ((options.keyring === undefined) !== (options.fingerprint.length === 0))
    return '--keyring and --fingerprint go together';
  if ((options.certificates === undefined) !== (options.notationIdentity.length === 0)) {
    return '--certificates and --notation-identity go together';
  }
  const trustsAnybody =
    hasIdentity || options.key.length > 0 || options.keyring !== undefined || options.certificates !== undefined;
  if (!trustsAnybody) return 'say whose signature counts: --key FILE, or --identity ID --issuer URL';
  if (options.signers < 1) return '--signers is 1 or more';
  return {
    subject:
      bundle !== undefined && artifact !== undefined
        ? { kind: 'bundle', bundle, artifact }
        : { kind: 'image', reference: image ?? '', ...(platform === undefined ? {} : { platform }) },
    keys: options.key,
    identities: hasIdentity ? [Object.fromEntries([...given(identity), ...given(issuer)])] : [],
    ...Object.fromEntries(
      given({
        trustRoot: options.trustRoot,
        tuf: options.tuf,
        tufRoot: options.tufRoot,
        keyring: options.keyring,
        certificates: options.certificates,
        lookaside: options.lookaside,
      }),
    ),
    notationIdentities: options.notationIdentity,
    fingerprints: options.fingerprint.map((text) => text.replace(/[\s:]/g, '').toUpperCase()),
    signedAs: options.signedAs,
    threshold: options.signers,
    plainHttp: options.plainHttp,
  };
}

function given(values: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
}

function jsonOf({ trust, subjects, signatures, attestations }: VerifyReport) {
  return {
    outcome: trust.state === 'verified' ? 'accepted' : 'refused',
    ...reasonOf(trust),
    subjects,
    signers: trust.state === 'verified' ? trust.signers.map(signerView) : [],
    signatures: signatures.map(({ where, kind, trust: each }) => ({
      where,
      kind,
      state: each.state,
      ...reasonOf(each),
    })),
    attestations: attestations.map(({ predicateType, trust: each }) => ({
      predicateType,
      state: each.state,
      ...reasonOf(each),
    })),
  };
}

function reasonOf(trust: Trust): { readonly code?: string; readonly message?: string } {
  if (trust.state === 'verified') return {};
  if (trust.state === 'unsigned') return { code: 'unsigned', message: 'nothing vouches for it' };
  return { code: trust.code, message: trust.message };
}

function signerView({ signedAt, ...signer }: Signer) {
  return { ...signer, ...(signedAt === undefined ? {} : { signedAt: formatInstant(signedAt) }) };
}

async function print(output: Output, { trust, subjects, signatures, attestations }: VerifyReport): Promise<void> {
  for (const subject of subjects) output.out(subject);
  if (trust.state === 'verified') {
    output.out('accepted');
    const rows = trust.signers.map(({ scheme, identity, issuer, authority, signedAt }) => [
      identity,
      issuer ?? authority,
      scheme,
      signedAt === undefined ? '' : formatInstant(signedAt),
    ]);
    await printTable(output, ['signer', 'by', 'scheme', 'signed'], rows);
  } else {
    const { code = '', message = '' } = reasonOf(trust);
    output.out(`refused: ${code}`);
    output.err(`portwarden: ${message}`);
  }
  const others = signatures.filter(({ trust: each }) => each.state !== 'verified');
  if (others.length > 0 && signatures.length > 1) {
    const rows = others.map(({ where, trust: each }) => [
      where,
      reasonOf(each).code ?? '',
      reasonOf(each).message ?? '',
    ]);
    await printTable(output, ['does not count', 'code', 'because'], rows);
  }
  if (attestations.length > 0) {
    await printTable(
      output,
      ['attestation', 'state'],
      attestations.map(({ predicateType, trust: each }) => [predicateType, reasonOf(each).code ?? each.state]),
    );
  }
}
