import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { compileManifests } from './compile-manifests.ts';
import type { Manifest } from './manifest.ts';

const chart = join(import.meta.dirname, '../../../deploy/helm/portwarden');
const read = (name: string) => readFileSync(join(chart, name), 'utf8');
const templates = readdirSync(join(chart, 'templates'));
const tls = { certificate: 'CERT', key: 'KEY', caBundle: '-----BEGIN CERTIFICATE-----\n' };
const image = `registry.example/portwarden@sha256:${'a'.repeat(64)}`;
const values = { ...parse(read('values.yaml')), image, tls };

/** The few functions of Helm that the chart uses. No helm runs here: what its own engine makes of the chart is not tested. */
const functions: Readonly<Record<string, (...parts: never[]) => unknown>> = {
  b64enc: (text: string) => Buffer.from(text).toString('base64'),
  quote: (text: string) => JSON.stringify(text),
  toJson: (value: unknown) => JSON.stringify(value),
  uniq: (list: readonly unknown[]) => [...new Set(list)],
  prepend: (list: readonly unknown[], item: unknown) => [item, ...list],
  required: (message: string, value: unknown) => {
    if (value === undefined || value === '') throw new Error(message);
    return value;
  },
};

function render(template: string, given: object): string {
  return template.replace(/\{\{ ([^}]*) \}\}/g, (_whole, pipeline: string) => {
    let value: unknown[] = [];
    for (const command of pipeline.split(' | ')) {
      const [head = '', ...words] = command.match(/"[^"]*"|\S+/g) ?? [];
      if (head.startsWith('.')) value = [valueOf(head, given)];
      else {
        const work = functions[head];
        if (!work) throw new Error(`${head} is no function that is known here`);
        value = [work(...([...words.map((word) => valueOf(word, given)), ...value] as never[]))];
      }
    }
    return String(value[0]);
  });
}

function valueOf(word: string, given: object): unknown {
  if (word.startsWith('"')) return JSON.parse(word);
  return word
    .slice(1)
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], {
      Values: given,
      Release: { Namespace: 'portwarden' },
    });
}

function renderAll(given: object): Manifest[] {
  return templates.flatMap((name) =>
    parseAllDocuments(render(read(join('templates', name)), given), { version: '1.1' }).map((document) => {
      expect(document.errors, name).toEqual([]);
      return document.toJS() as Manifest;
    }),
  );
}

const sorted = (objects: readonly Manifest[]) => [...objects].sort((a, b) => a.kind.localeCompare(b.kind));

describe('the Helm chart', () => {
  it('makes of its values the objects that the verb prints, but for the namespace', () => {
    const printed = compileManifests({
      namespace: 'portwarden',
      serviceName: 'portwarden',
      caBundle: tls.caBundle,
      failurePolicy: values.failurePolicy,
      timeoutSeconds: values.timeoutSeconds,
      excludedNamespaces: values.excludedNamespaces,
      mode: values.mode,
      server: { image, replicas: values.replicas, ...tls },
    });
    expect(sorted(renderAll(values))).toEqual(sorted(printed.filter(({ kind }) => kind !== 'Namespace')));
  });

  it('takes other values', () => {
    const changed = {
      ...values,
      mode: 'observe',
      failurePolicy: 'Ignore',
      replicas: 5,
      timeoutSeconds: 3,
      excludedNamespaces: ['a', 'portwarden'],
    };
    const text = JSON.stringify(renderAll(changed));
    for (const part of [
      '"failurePolicy":"Ignore"',
      '"replicas":5',
      '"timeoutSeconds":3',
      '"value":"observe"',
      '"values":["portwarden","a"]',
    ]) {
      expect(text).toContain(part);
    }
  });

  it.each([
    ['an image', { image: '' }],
    ['a certificate', { tls: { ...tls, certificate: '' } }],
    ['a key', { tls: { ...tls, key: '' } }],
    ['a CA', { tls: { ...tls, caBundle: '' } }],
  ])('is not made without %s', (_title, without) => {
    expect(() => renderAll({ ...values, ...without })).toThrow('is missing');
  });

  it('is a chart', () => {
    expect(parse(read('Chart.yaml'))).toMatchObject({ apiVersion: 'v2', name: 'portwarden', type: 'application' });
  });
});
