// Compiled by `tsc -p .`, never run: what must compile, and below each @ts-expect-error what must not.

import type { AsyncLocalStorage } from "node:async_hooks";
import {
  type backend,
  type ContextInfo,
  OnescopeError,
  type OnescopeErrorCode,
  type RequestSlot,
  registerSlot,
  type ScopeSlot,
  SlotStorage,
  store,
} from "onescope";
import type { CODES } from "../../js/util/errors.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_proof: Same<A, B>) {}

export const known: OnescopeErrorCode[] = [] as Array<(typeof CODES)[keyof typeof CODES]>;

same<typeof backend, "native" | "js">(true);
same<OnescopeError["code"], string>(true);
export const caught: Error = new OnescopeError("ERR_ONESCOPE_ID", "text", { cause: 1 });

const storage = new SlotStorage<{ user: string }>({ name: "user", defaultValue: { user: "nobody" } });
export const asReal: AsyncLocalStorage<{ user: string }> = storage;
export const user: string | undefined = storage.run({ user: "a" }, () => storage.getStore()?.user);
export const bound: (text: string) => number = SlotStorage.bind((text: string) => text.length);
// @ts-expect-error the storage holds objects
storage.enterWith("text");

same<ReturnType<typeof registerSlot>, RequestSlot<unknown>>(true);
export const plain: ScopeSlot<unknown> = registerSlot("plain");
export const typed: ScopeSlot<Date | undefined> = registerSlot<Date>("typed", { kind: "value" });
export const length: number = registerSlot<string>("run", { kind: "value", lifetime: "scope" }).run("a", () => 1);

const phase = registerSlot("phase", { kind: "enum", variants: ["draft", "live", 3], lifetime: "request" });
same<typeof phase, RequestSlot<"draft" | "live" | 3>>(true);
phase.set("live");
// @ts-expect-error not a variant
phase.set("done");
// @ts-expect-error a default is a variant
registerSlot("other", { kind: "enum", variants: ["draft"], default: "live", lifetime: "request" });
// @ts-expect-error a slot of requests is set, not run
phase.run("live", () => {});

same<ReturnType<typeof flag>, boolean>(true);
function flag() {
  return registerSlot("flag", { kind: "flag", default: true, lifetime: "request", inChild: "reset" }).get();
}
export const count: RequestSlot<number> = registerSlot("count", { kind: "counter", lifetime: "request" });
export const list = registerSlot<string[]>("list", { kind: "lazy", lifetime: "request", make: () => [] });
same<typeof list, RequestSlot<string[] | undefined>>(true);
export const map = registerSlot("map", { kind: "lazy", lifetime: "request", make: () => new Map<string, Date>() });
same<typeof map, RequestSlot<Map<string, Date> | undefined>>(true);
// @ts-expect-error a lazy slot belongs to a request
registerSlot("lazy", { kind: "lazy", make: () => [] });
// @ts-expect-error a lazy slot needs what makes its value
registerSlot("lazy", { kind: "lazy", lifetime: "request" });
// @ts-expect-error only an enum has variants
registerSlot("flag", { kind: "flag", variants: ["a"] });
// @ts-expect-error no such kind
registerSlot("object", { kind: "object" });

const contextId = store.id({});
if (contextId !== undefined) {
  store.setLabel(contextId, "GET /");
  store.write(contextId, 1, store.read(contextId, 1));
  same<ReturnType<typeof store.state>["kind"], ContextInfo["kind"]>(true);
}
export const oldest: ContextInfo | undefined = store.contexts({ limit: 1, children: true })[0];
// @ts-expect-error an id is a number
store.label("257");
// @ts-expect-error the store is not to be changed
store.reasons.push("reason");
