const guides = import.meta.glob<string>('../../../../docs/guide/*.md', { query: '?raw', import: 'default' });
const examples = import.meta.glob<string>('../../../../docs/examples/*.yaml', { query: '?raw', import: 'default' });

/** Guides by name, and examples of documents by the name of their file; each is read when it is asked for. */
export const guidePages: ReadonlyMap<string, () => Promise<string>> = new Map(
  [...Object.entries(guides), ...Object.entries(examples)].map(([path, read]) => [nameOf(path), read]),
);

/** `launch-gate` of `../guide/launch-gate.md#first`, `group.yaml` of `../examples/group.yaml`. */
export function nameOf(target: string): string {
  return target.replace(/#.*$/, '').replace(/^.*\//, '').replace(/\.md$/, '');
}

/** The page that a link of a guide leads to; undefined where it is in the repository alone. */
export function pageOf(target: string): string | undefined {
  const isGuide = /^[^/#]+\.md(#.*)?$|^\.\.\/(guide\/[^/]+\.md|examples\/[^/]+\.yaml)(#.*)?$/.test(target);
  return isGuide && guidePages.has(nameOf(target)) ? nameOf(target) : undefined;
}
