import { describe, expect, it } from 'vitest';
import { readKubernetesSettings } from './kubernetes-settings.ts';
import { WiringError } from './wiring-error.ts';

describe('settings of the gate of a cluster', () => {
  it('are none where no address is set', () => expect(readKubernetesSettings({})).toBeUndefined());

  it('have defaults that refuse', () => {
    expect(readKubernetesSettings({ PORTWARDEN_KUBERNETES: '0.0.0.0:9443' })).toEqual({
      host: '0.0.0.0',
      port: 9443,
      cluster: 'kubernetes',
      mode: 'enforce',
      whenUndecided: 'deny',
      names: ['localhost'],
      clientNames: [],
    });
  });

  it('are as they are set', () => {
    const settings = readKubernetesSettings({
      PORTWARDEN_KUBERNETES: '[::1]:0',
      PORTWARDEN_KUBERNETES_MODE: 'observe',
      PORTWARDEN_KUBERNETES_UNDECIDED: 'allow',
      PORTWARDEN_KUBERNETES_NAMES: 'gate.example, 10.0.0.7',
      PORTWARDEN_KUBERNETES_CERT: '/a.crt',
      PORTWARDEN_KUBERNETES_KEY: '/a.key',
      PORTWARDEN_KUBERNETES_CLIENT_CA: '/ca.crt',
      PORTWARDEN_KUBERNETES_CLIENTS: 'kube-apiserver',
      PORTWARDEN_CLUSTER: 'harbor-1',
    });
    expect(settings).toEqual({
      host: '::1',
      port: 0,
      cluster: 'harbor-1',
      mode: 'observe',
      whenUndecided: 'allow',
      names: ['gate.example', '10.0.0.7'],
      certificate: '/a.crt',
      key: '/a.key',
      clientCa: '/ca.crt',
      clientNames: ['kube-apiserver'],
    });
  });

  it.each([
    ['an address without a port', { PORTWARDEN_KUBERNETES: 'localhost' }],
    ['a port that is too large', { PORTWARDEN_KUBERNETES: '127.0.0.1:70000' }],
    ['a certificate without its key', { PORTWARDEN_KUBERNETES: '127.0.0.1:1', PORTWARDEN_KUBERNETES_CERT: '/a' }],
    ['a mode that is none', { PORTWARDEN_KUBERNETES: '127.0.0.1:1', PORTWARDEN_KUBERNETES_MODE: 'off' }],
    ['a word that is none', { PORTWARDEN_KUBERNETES: '127.0.0.1:1', PORTWARDEN_KUBERNETES_UNDECIDED: 'Allow' }],
  ])('are refused with %s', (_title, environment) => {
    expect(() => readKubernetesSettings(environment)).toThrow(WiringError);
  });
});
