/** A typed array that grows at its end. Loops take `values` and `length` into locals: nothing is copied. */
export class Growable<Values extends Uint32Array | Float64Array | Uint8Array> {
  values: Values;
  length = 0;
  readonly #allocate: (capacity: number) => Values;

  constructor(allocate: (capacity: number) => Values) {
    this.#allocate = allocate;
    this.values = allocate(16);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.#grow();
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] as number;
  }

  /** By half, since what is kept here is counted in millions. */
  #grow(): void {
    const larger = this.#allocate(Math.ceil(this.values.length * 1.5));
    larger.set(this.values);
    this.values = larger;
  }
}

export function growableUint32(): Growable<Uint32Array> {
  return new Growable((capacity) => new Uint32Array(capacity));
}

export function growableFloat64(): Growable<Float64Array> {
  return new Growable((capacity) => new Float64Array(capacity));
}

export function growableUint8(): Growable<Uint8Array> {
  return new Growable((capacity) => new Uint8Array(capacity));
}
