/** A contract that allows nothing yet and refuses nothing either, for a person to complete. */
export function emptyContract(image: string): string {
  const name = image
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '');
  return [
    'apiVersion: portwarden/v1',
    'kind: InputContract',
    'metadata:',
    `  name: ${name === '' ? 'contract' : name}`,
    'mode: observe',
    'spec:',
    '  images:',
    `    - ${JSON.stringify(image)}`,
    '  environment: {}',
    '',
  ].join('\n');
}
