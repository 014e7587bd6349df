/**
 * clamd: files of images shown to a ClamAV daemon that the user names, over its socket, by clamd(8).
 * Never: a path of this machine told to it, a file taken for clean over which it did not say OK.
 * Start at clamd-examiner.ts, then clamd-pool.ts and clamd-connection.ts.
 */
import { parseClamdAddress } from './clamd-address.ts';
import { ClamdConnection } from './clamd-connection.ts';

export { parseClamdAddress } from './clamd-address.ts';
export type { ClamdOptions } from './clamd-examiner.ts';
export { clamdExaminer } from './clamd-examiner-source.ts';

/** The version of clamd and of its database, as it tells them. Rejects with InspectError or what the socket says. */
export async function readClamdVersion(address: string): Promise<string> {
  const connection = await ClamdConnection.open(parseClamdAddress(address));
  connection.close();
  return connection.version;
}
