/** For each small number a list of ascending numbers: which memberships hold a component. */
export class Postings {
  readonly #lists: (Uint32Array | undefined)[] = [];
  #lengths = new Uint32Array(1024);

  /** `value` must not be below any that `key` has. */
  add(key: number, value: number): void {
    if (key >= this.#lengths.length) {
      const larger = new Uint32Array(Math.max(key + 1, Math.ceil(this.#lengths.length * 1.5)));
      larger.set(this.#lengths);
      this.#lengths = larger;
    }
    const length = this.#lengths[key] as number;
    let list = this.#lists[key];
    if (list === undefined || length === list.length) {
      const larger = new Uint32Array(Math.max(4, length * 2));
      if (list) larger.set(list);
      list = larger;
      while (this.#lists.length < key) this.#lists.push(undefined);
      this.#lists[key] = list;
    }
    list[length] = value;
    this.#lengths[key] = length + 1;
  }

  /** A view; nothing is copied. */
  of(key: number): Uint32Array {
    return this.#lists[key]?.subarray(0, this.#lengths[key]) ?? none;
  }

  has(key: number, value: number): boolean {
    const list = this.#lists[key];
    if (!list) return false;
    let low = 0;
    let high = this.#lengths[key] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low < (this.#lengths[key] as number) && list[low] === value;
  }
}

const none = new Uint32Array(0);
