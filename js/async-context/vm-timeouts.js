import vm from "node:vm";
import { entry } from "./entry.js";

/**
 * Enters scopes plainly from the first time that code runs under a time limit, or until SIGINT: where Node terminates it, no
 * `finally` runs.
 */
export function watchTerminations() {
  const { SourceTextModule } = /** @type {Partial<typeof vm>} */ (vm);
  const evaluates = SourceTextModule === undefined ? [] : [Object.getPrototypeOf(SourceTextModule.prototype)];
  /** @type {Array<() => void>} */
  const undo = [];
  for (const [owner, name, at] of /** @type {Array<[Record<string, unknown>, string, number]>} */ ([
    [vm.Script.prototype, "runInThisContext", 0],
    [vm.Script.prototype, "runInContext", 1],
    [vm.Script.prototype, "runInNewContext", 1],
    ...evaluates.map((prototype) => [prototype, "evaluate", 0]),
  ])) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (typeof descriptor?.value !== "function" || !descriptor.configurable) continue;
    const original = descriptor.value;
    /**
     * @this {unknown}
     * @param {Array<{ timeout?: number, breakOnSigint?: boolean } | undefined>} args
     */
    const watched = function (...args) {
      const { timeout, breakOnSigint } = args[at] ?? {};
      if (timeout !== undefined || breakOnSigint) {
        for (const restore of undo) restore();
        entry.configure({ terminates: true });
      }
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(owner, name, { ...descriptor, value: watched });
    undo.push(() => {
      if (owner[name] === watched) Object.defineProperty(owner, name, descriptor);
    });
  }
}
