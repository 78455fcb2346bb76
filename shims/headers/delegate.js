/**
 * Gives a prototype the members of another object's, as accessors that return them bound: a method that was taken off
 * its object works (`const { get } = await headers()`).
 *
 * @param {object} prototype
 * @param {readonly PropertyKey[]} names of methods
 * @param {(self: any) => any} targetOf the object that the methods are called on
 */
export function delegate(prototype, names, targetOf) {
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: typeof name === "string",
      get() {
        const target = targetOf(this);
        return target[name].bind(target);
      },
    });
  }
}
