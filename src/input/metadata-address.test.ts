import { describe, expect, it } from 'vitest';
import { findMetadataAddress } from './metadata-address.ts';

describe('where clouds hand out credentials', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/iam/x',
    'http://metadata.google.internal/computeMetadata/v1/',
    'see http://169.254.169.254/metadata/identity/oauth2/token?a=b',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/x',
    'http://0251.0376.0251.0376',
    'http://[::ffff:169.254.169.254]:80/',
    'http://169.254.169.254.nip.io/x',
    'http://user@2852039166/',
  ])('%s', (text) => {
    expect(findMetadataAddress(text)?.rule).toBe('input/shell-injection');
  });
  it.each([
    'http://169.254.169.254',
    'http://169.254.169.254/health',
    'http://169.254.170.2/v3/abc',
    'metadata.google.internal',
    'http://10.0.0.1/latest/meta-data/',
    'http://3232235777/',
    'http://[fd00::1]/',
    'https://docs.example/latest/meta-data/',
    'http://[::]:80',
  ])('not: %s', (text) => {
    expect(findMetadataAddress(text)).toBeUndefined();
  });
});
