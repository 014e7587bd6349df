import { expect, it } from 'vitest';
import type { InputKind } from '../model/index.ts';
import { classifyInput } from './classify-input.ts';

it.each<[value: string, kind: InputKind]>([
  ['--port=80', 'flag'],
  ['-v', 'flag'],
  ['/etc/app.conf', 'path'],
  ['C:\\app', 'path'],
  ['https://a.example/x?y=1', 'url'],
  ['42', 'number'],
  ['512Mi', 'number'],
  ['true', 'boolean'],
  ['{"a":1}', 'json'],
  ['{a:1}', 'text'],
  ['a: 1\nb:\n  - x\n', 'yaml'],
  ['-----BEGIN RSA PRIVATE KEY-----\nx', 'key'],
  ['ssh-ed25519 AAAAC3Nza x', 'key'],
  ['-----BEGIN CERTIFICATE-----\nx', 'certificate'],
  ['ghp_0123456789abcdefghijABCDEFGHIJ012345', 'token'],
  ['#!/bin/sh\nid', 'script'],
  ['3f786850e387550fdab836ed7e6dc881de23001b', 'encoded'],
  ['203.0.113.7', 'address'],
  ['2001:db8::1', 'address'],
  ['db.example.net:5432', 'address'],
  ['me@a.example', 'address'],
  ['hello world', 'text'],
  ['', 'text'],
])('%j is %s', (value, kind) => {
  expect(classifyInput(value)).toBe(kind);
});

it('goes by what was seen in it', () => {
  expect(classifyInput('x', { marks: [{ rule: 'input/code', what: '', confidence: 'certain' }] })).toBe('code');
  expect(classifyInput('x', { script: true })).toBe('script');
});
