import { expect, it } from 'vitest';
import { readAnswers } from './read-answers.ts';

const read = (text: string) => readAnswers(Buffer.from(text));
const ok = 'HTTP/1.1 200 OK\r\n';

it.each([
  ['', []],
  [`${ok}Content-Length: 2\r\n\r\n{}`, [{ status: 200, body: '{}', isWhole: true }]],
  [`${ok}content-length: 5\r\n\r\n{}`, [{ status: 200, body: '{}', isWhole: false }]],
  ['HTTP/1.0 500 X\r\n\r\nto the end', [{ status: 500, body: 'to the end', isWhole: false }]],
  [
    `${ok}Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n`,
    [{ status: 200, body: 'abc', isWhole: true }],
  ],
  [`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab`, [{ status: 200, body: 'ab', isWhole: false }]],
  [`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\nab`, [{ status: 200, body: '', isWhole: false }]],
  [`HTTP/1.1 100 Continue\r\n\r\n${ok}Content-Length: 0\r\n\r\n`, [{ status: 200, body: '', isWhole: true }]],
  ['HTTP/1.1 101 UPGRADED\r\n\r\n\x00\x01', [{ status: 101, body: '', isWhole: true }]],
  [ok, [{ status: 200, body: '', isWhole: false }]],
])('%j', (text, wanted) => {
  expect(read(text)).toEqual(wanted);
});

it('reads answers behind each other', () => {
  const answers = read(
    `${ok}Content-Length: 1\r\n\r\naHTTP/1.1 204 No\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nb`,
  );
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, 'a'],
    [204, ''],
    [403, 'b'],
  ]);
});

it.each(['hello', 'HTTP/2 200 OK\r\n\r\n', 'HTTP/1.1 20 OK\r\n\r\n', '\r\n\r\n'])('refuses %j', (text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'bad-answer' }));
});
