import { Type } from 'typebox';
import {
  ContractDetail,
  ContractDraft,
  ContractDraftInput,
  ContractList,
  ContractLookInput,
  ContractQuery,
  ContractSight,
  ContractTestInput,
  ContractTrials,
} from '../model/wire/index.ts';
import type { ContractService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoQuery, type WireServer } from './operation.ts';

const tags = ['Contracts'];
/** Contracts name each variable of an image, and compose files many containers. */
const bodyLimit = 4 * 1024 * 1024;
const ContractParams = Type.Object({
  contract: Type.String({ minLength: 1, maxLength: 512, description: 'Its name, or an image that it speaks of' }),
});

/** Input contracts beside what was seen in recorded starts; nothing here changes one. */
export function addContractRoutes(server: WireServer, { contracts }: { contracts: ContractService }): void {
  server.get(
    '/contracts',
    {
      schema: {
        operationId: 'listContracts',
        summary: 'Input contracts in force, held against recorded starts, and images that start without one',
        tags,
        querystring: exactly(ContractQuery),
        response: { 200: ContractList, ...guarded(400) },
      },
    },
    ({ query: { days } }) => contracts.list(days),
  );

  server.get(
    '/contracts/:contract',
    {
      schema: {
        operationId: 'showContract',
        summary: 'An input contract, and what was seen of each input that it lists or does not',
        tags,
        params: ContractParams,
        querystring: exactly(ContractQuery),
        response: { 200: ContractDetail, ...guarded(400, 404) },
      },
    },
    async ({ params: { contract }, query: { days } }) => {
      const detail = await contracts.show(contract, days);
      if (detail) return detail;
      throw new ApiError('not-found', `There is no contract ${contract}`, {
        remedy: 'GET /api/v1/contracts lists them; POST /api/v1/contracts/draft learns one',
      });
    },
  );

  server.post(
    '/contracts/look',
    {
      bodyLimit,
      schema: {
        operationId: 'lookAtContract',
        summary: 'A contract that need not be in force beside what was seen, and what it would refuse; changes nothing',
        tags,
        querystring: NoQuery,
        body: exactly(ContractLookInput),
        response: { 200: ContractSight, ...changing(400, 413, 415) },
      },
    },
    ({ body: { text, days } }) => contracts.look(text, days),
  );

  server.post(
    '/contracts/test',
    {
      bodyLimit,
      schema: {
        operationId: 'testContract',
        summary: 'Launches of a file held against a contract that need not be in force; changes nothing',
        tags,
        querystring: NoQuery,
        body: exactly(ContractTestInput),
        response: { 200: ContractTrials, ...changing(400, 413, 415) },
      },
    },
    ({ body: { text, launches } }) => contracts.test(text, launches),
  );

  server.post(
    '/contracts/draft',
    {
      schema: {
        operationId: 'draftContract',
        summary: 'An input contract as the recorded starts of an image would have it; changes nothing',
        tags,
        querystring: NoQuery,
        body: exactly(ContractDraftInput),
        response: { 200: ContractDraft, ...changing(400, 404, 415) },
      },
    },
    async ({ body: { image } }) => {
      const draft = await contracts.draft(image);
      if (draft) return draft;
      throw new ApiError('not-found', `No start of ${image} is recorded`, {
        remedy: 'Let it start behind a gate in mode observe, and ask again',
      });
    },
  );
}
