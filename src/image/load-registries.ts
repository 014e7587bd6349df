/** What speaks to registries, to be loaded when one is first asked: reading, pushing, copying, finding signatures. */
export function loadRegistries() {
  return import('./registry/index.ts');
}
