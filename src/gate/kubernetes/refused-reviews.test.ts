import { describe, expect, it } from 'vitest';
import { review } from '../../../test/fakes/admission-reviews.ts';
import { answerOf, forever, gateWith, validate } from '../../../test/fakes/asked-gate.ts';
import { allow } from '../../../test/fakes/scripted-launches.ts';

describe('what is no review', () => {
  const whole = review();
  const with_ = (request: object) => JSON.stringify({ ...whole, request: { ...whole.request, ...request } });
  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['another version', JSON.stringify({ ...whole, apiVersion: 'admission.k8s.io/v1beta1' })],
    ['another kind', JSON.stringify({ ...whole, kind: 'Review' })],
    ['no request', JSON.stringify({ ...whole, request: null })],
    ['no uid', with_({ uid: '' })],
    ['a uid that is a number', with_({ uid: 7 })],
    ['a uid with a line break', with_({ uid: 'a\nb' })],
    ['two documents', `${JSON.stringify(whole)}{}`],
    ['a key twice', JSON.stringify(whole).replace('"uid"', '"uid":"a","uid"')],
    ['a key that Go would fold', JSON.stringify(whole).replace('"operation"', '"Operation":"DELETE","operation"')],
    ['a byte order mark', `\ufeff${JSON.stringify(whole)}`],
  ])('%s is 400', async (_title, text) => {
    const { gate, launches } = gateWith();
    expect((await gate.validate(Buffer.from(text), forever)).status).toBe(400);
    expect((await gate.mutate(Buffer.from(text), forever)).status).toBe(400);
    expect(launches.asked).toEqual([]);
  });

  it.each([
    ['too deep', with_({ object: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) })],
    ['too large', with_({ name: 'x'.repeat(9 * 2 ** 20) })],
  ])('%s is 413', async (_title, text) => {
    expect((await gateWith().gate.validate(Buffer.from(text), forever)).status).toBe(413);
  });

  it.each([
    ['an operation that nobody knows', { operation: 'PATCH' }],
    ['no kind', { kind: null }],
    ['an object that is a list', { object: [] }],
    ['a dry run that is a word', { dryRun: 'yes' }],
    ['nobody who asks', { userInfo: undefined }],
  ])('%s is refused by its uid', async (_title, request) => {
    const { gate } = gateWith();
    const answer = answerOf(await gate.validate(Buffer.from(with_({ uid: 'u-9', ...request })), forever));
    expect(answer).toMatchObject({ uid: 'u-9', allowed: false, status: { code: 400 } });
  });
});

describe('too much at a time', () => {
  it('is told at once, and taken again when there is room', async () => {
    const ends: (() => void)[] = [];
    const { gate } = gateWith(
      { mostInWork: 2 },
      () => new Promise((resolve) => void ends.push(() => resolve(allow()))),
    );
    const first = [validate({}, gate), validate({}, gate)];
    await expect.poll(() => ends.length).toBe(2);
    const third = await validate({ uid: 'third' }, gate);
    expect(third).toMatchObject({
      uid: 'third',
      allowed: false,
      status: { code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } },
    });
    for (const end of ends) end();
    expect((await Promise.all(first)).every(({ allowed }) => allowed)).toBe(true);
    const later = validate({}, gate);
    await expect.poll(() => ends.length).toBe(3);
    ends[2]?.();
    expect((await later).allowed).toBe(true);
  });

  it('counts what nobody waits for any more', async () => {
    const { gate } = gateWith({ mostInWork: 1 }, () => new Promise(() => {}));
    await validate({}, gate, AbortSignal.abort());
    expect((await validate({}, gate)).status.code).toBe(429);
  });
});
