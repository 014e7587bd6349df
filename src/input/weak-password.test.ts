import { expect, it } from 'vitest';
import { isWeakPassword } from './weak-password.ts';

it.each([
  ...['password', '12345', 'aaaaaaaa', 'abc', 'P@ssw0rd!', 'Passw0rt1'],
  ...['Summer2024', 'Winter2023!', 'april@12', 'Company123', 'geheim', 'bonjour1', 'senha123'],
  ...['12341234', 'abcabc', 'a1b2c3d4', 'qwer1234', 'zaq12wsx', 'asdfghjkl', '4321qwer'],
  ...['dbpass123', 'my_password', 'web-secret', 'root@123', 'mysqlpass'],
])('%s would be tried', (password) => {
  expect(isWeakPassword(password)).toBe(true);
});

it.each([
  ...['kY7-wq93-Lmm2', 'correct-staple-42-horse', 'Summertime-at-the-lake', 'x9Kq72LmPz', 'hjk8234uio'],
  ...['passwordless-9f2k', '9f86d081884c7d65', 'Tr0ub4dor&3xQ'],
])('%s would not', (password) => {
  expect(isWeakPassword(password)).toBe(false);
});

it('the name of the user would be', () => {
  expect(isWeakPassword('harbormaster1', ['harbormaster'])).toBe(true);
  expect(isWeakPassword('harbormaster1', ['pilot'])).toBe(false);
});
