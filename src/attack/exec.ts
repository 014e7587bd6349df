import type { Attack } from './attack.ts';
import { contentType, json, padding } from './bodies.ts';
import { findWitness, isTrue, withoutWitness } from './container-attack.ts';
import { madeIn, refusalIn, wordsOf } from './judge-answer.ts';
import type { RawRequest } from './raw-request.ts';

const command = ['sleep', '1'];
const strong = { Cmd: command, Privileged: true };

type Row = readonly [
  name: string,
  title: string,
  reference: string,
  body: string,
  rest?: Partial<RawRequest> & { readonly api?: string },
];

const rows: readonly Row[] = [
  ['plain', 'Plainly', 'CIS Docker Benchmark, section 5', json(strong)],
  [
    'lower-case',
    'A key in lower case',
    'https://github.com/golang/go/issues/14750',
    json({ Cmd: command, privileged: true }),
  ],
  [
    'key-twice',
    'Privileged twice',
    'RFC 8259, section 4',
    `{"Cmd":${json(command)},"Privileged":false,"Privileged":true}`,
  ],
  ['second-document', 'A second JSON document', 'RFC 8259, section 2', `{"Cmd":${json(command)}}{"Privileged":true}`],
  ['oversize', '1.2 MiB with its length', 'CVE-2026-34040', json({ ...strong, Env: [`P=${padding}`] })],
  [
    'oversize-chunked',
    '1.2 MiB in chunks',
    'CVE-2026-34040',
    json({ ...strong, Env: [`P=${padding}`] }),
    { isChunked: true },
  ],
  ['api-1.23', 'API 1.23', 'https://docs.docker.com/engine/deprecated/', json(strong), { api: 'v1.23' }],
  ['text', 'As text', 'CVE-2024-41110', json(strong), { headers: contentType('text/plain') }],
];

/** A privileged process in a container without rights. It is prepared, looked at, and never started. */
export const execAttacks: readonly Attack[] = rows.map(([name, title, reference, body, rest]) => ({
  id: `docker/exec/${name}`,
  title: `A privileged process in a running container: ${title[0]?.toLowerCase()}${title.slice(1)}`,
  why: 'every privilege of the host in a container that was started without any',
  reference,
  async run(host, signal) {
    const container = await host.running(signal);
    if ('missing' in container) return { state: 'undetermined', reason: container.missing };
    const { api = host.api, ...request } = rest ?? {};
    const answer = await host.send([{ ...request, path: `/${api}/containers/${container.name}/exec`, body }], signal);
    const refusal = refusalIn(answer);
    if (refusal) return refusal;
    const id = madeIn(answer.body);
    if (id === undefined) return { state: 'undetermined', reason: `the engine said ${wordsOf(answer)}` };
    const path = 'ProcessConfig.privileged';
    const inspected = await host.read(`/exec/${id}/json`, signal);
    const witness = findWitness(inspected, [[path, isTrue]]);
    if (witness === undefined) return withoutWitness(host, inspected, [path]);
    return { state: 'broken', witness: `a process was prepared: ${witness}` };
  },
}));
