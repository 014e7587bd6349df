import { otherNameOf, type StoredComponent } from '../model/index.ts';
import type { ComponentQuery } from './component-query.ts';

/** Distinct components by each of their names, in lower case. */
export class ComponentDirectory {
  readonly #byName = new Map<string, StoredComponent[]>();
  #lastId = 0;

  /** The highest row number that was added. */
  get lastId(): number {
    return this.#lastId;
  }

  add(component: StoredComponent): void {
    const name = component.name.toLowerCase();
    const other = otherNameOf(component)?.toLowerCase();
    this.#under(name, component);
    if (other !== undefined && other !== name) this.#under(other, component);
    this.#lastId = Math.max(this.#lastId, component.componentId);
  }

  find(query: ComponentQuery): StoredComponent[] {
    const found = new Set<StoredComponent>();
    for (const name of query.names) {
      for (const component of this.#byName.get(name.toLowerCase()) ?? []) {
        if (query.matches(component)) found.add(component);
      }
    }
    return [...found];
  }

  #under(name: string, component: StoredComponent): void {
    const known = this.#byName.get(name);
    if (known) known.push(component);
    else this.#byName.set(name, [component]);
  }
}
