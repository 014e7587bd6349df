import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exceptionDigest, type PolicyDocument, parseDocuments } from '../../src/policy/index.ts';

const files = globSync('docs/examples/*.yaml').sort();
const guides = globSync('docs/guide/*.md').sort();
const blocks = guides.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, text = '']) => text)
    .filter((text) => text.includes('apiVersion: portwarden/v1'))
    .map((text) => [file, text] as const),
);

describe('examples', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect(blocks.length).toBeGreaterThan(0);
  });

  it.each(files)('%s is a document, and is approved as it stands', (file) => {
    const documents = parseDocuments(readFileSync(file, 'utf8'), file);
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents) expect(approvalOf(document)).toBe('good');
  });

  it.each(blocks)('what %s shows is documents', (file, text) => {
    expect(parseDocuments(text, file).length).toBeGreaterThan(0);
  });
});

function approvalOf(document: PolicyDocument): string {
  if (document.kind !== 'Exception' || !document.spec.approved) return 'good';
  const expected = exceptionDigest(document);
  return document.spec.approved.digest === expected ? 'good' : `the digest is ${expected}`;
}
