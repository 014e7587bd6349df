import { afterAll, describe } from 'vitest';
import { startPostgres } from '../../engines/postgres.ts';
import { advisoryContract } from './advisory.contract.ts';
import { bomContract } from './bom.contract.ts';
import { certificateContract } from './certificate.contract.ts';
import { changeContract } from './change.contract.ts';
import { driftContract } from './drift.contract.ts';
import { imageContract } from './image.contract.ts';
import { jobContract } from './job.contract.ts';
import { launchContract } from './launch.contract.ts';
import { loginContract } from './login.contract.ts';
import { matchContract } from './match.contract.ts';
import { postgresRoom, type StoreRoom, sqliteRoom } from './opened-stores.ts';
import { openingContract } from './opening.contract.ts';
import { sameAnswers } from './same-answers.contract.ts';
import { trafficContract } from './traffic.contract.ts';
import { transactionContract } from './transaction.contract.ts';
import { workloadContract } from './workload.contract.ts';

const server = await startPostgres();
const rooms: readonly StoreRoom[] = [sqliteRoom(), postgresRoom(server)];

afterAll(async () => {
  for (const room of rooms) await room.closeAll();
  await server.stop();
});

describe.each(rooms)('store on $engine', (room) => {
  openingContract(room);
  transactionContract(room);
  imageContract(room);
  bomContract(room);
  advisoryContract(room);
  matchContract(room);
  changeContract(room);
  workloadContract(room);
  driftContract(room);
  jobContract(room);
  loginContract(room);
  certificateContract(room);
  launchContract(room);
  trafficContract(room);
});

describe('store on both', () => sameAnswers(rooms));
