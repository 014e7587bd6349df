/**
 * The same function, which makes what it makes of a thing once, for as long as the thing is there. For what is pure, and for
 * things that nobody changes: of ten thousand containers all but one are those of the compilation before.
 */
export function remember<Thing extends object, Made extends object | string | boolean>(
  make: (thing: Thing) => Made,
): (thing: Thing) => Made {
  const known = new WeakMap<Thing, Made>();
  return (thing) => {
    const before = known.get(thing);
    if (before !== undefined) return before;
    const made = make(thing);
    known.set(thing, made);
    return made;
  };
}
