// Compiled by `tsc -p .`, never run: the types of the entries beside the main one.

import "onescope/register";
import type { AsyncLocalStorage } from "node:async_hooks";
import {
  counters,
  histograms,
  inFlight,
  type LeakReport,
  label,
  leaks,
  record,
  releaseOnClose,
  runTask,
  serve,
  trackLeaks,
  trackRequests,
} from "onescope/inspect";
import { getOrCreateAls, registerAlsForScopeExit, runOutsideRequestScopes } from "onescope/shims/internal/als-registry";
import * as shim from "onescope/shims/unified-request-context";
import onescope from "onescope/vite";
import type { FIELD_NAMES } from "../../js/generated/context-fields.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_proof: Same<A, B>) {}

const context = shim.createRequestContext({ phase: "action", requestSignal: null });
same<typeof context, shim.UnifiedRequestContext>(true);
same<(typeof FIELD_NAMES)[number], keyof shim.UnifiedRequestContext>(true);
context.pendingSetCookies.push("a=1");
// @ts-expect-error not a phase
context.phase = "draft";
// @ts-expect-error no such field
shim.createRequestContext({ phases: "action" });

export const asynchronous: Promise<number> = shim.runWithRequestContext(context, async () => 1);
export const synchronous: number = shim.runWithUnifiedStateMutation(
  (child) => {
    child.serverContext = null;
  },
  () => 1,
);
export const bound: () => string = shim.bindRequestContext(() => "text");
export const snapshot: () => string = shim.bindRequestContextSnapshot(context, () => "text");
export const tracked: Promise<string> = shim.trackAfterPromise(context, Promise.resolve("text"));
export const response: Response = shim.closeAfterResponseWithBody(
  shim.preserveFullyBufferedBodyMetadata(new Response(), shim.markFullyBufferedBody(new Response())),
  context,
);
export const closed: Promise<void> = shim.closeAfterResponse(shim.getRequestContext());
export const latch: shim.RenderDynamicLatch = shim.ensureRenderDynamicLatch(context);
shim.queueAfterCallback(context, () => shim.requiresResponseCloseTracking(context) && shim.isInsideUnifiedScope());

const storage: AsyncLocalStorage<Date> = getOrCreateAls<Date>("vinext.cache.als");
registerAlsForScopeExit(storage);
export const outside: number = runOutsideRequestScopes(() => storage.getStore()?.getTime() ?? 0);

// The part of Vite's plugin interface that ours has.
type Hook<Handler, Filter> = Handler | { order?: "pre" | "post" | null; filter?: Filter; handler: Handler };
type Environment = {
  name: string;
  config: { root: string; consumer: string };
  logger: { warn(message: string): void };
};
interface VitePlugin {
  name: string;
  enforce?: "pre" | "post";
  configEnvironment?: Hook<
    (
      name: string,
      config: { resolve?: { external?: string[] | true } },
      env: { mode: string; command: "build" | "serve" },
    ) => { resolve?: { external?: string[] | true } } | null | undefined,
    never
  >;
  applyToEnvironment?: (environment: { config: { consumer: string } }) => boolean | Promise<boolean>;
  resolveId?: Hook<
    (
      this: { resolve: unknown },
      source: string,
      importer: string | undefined,
      options: { isEntry: boolean },
    ) => Promise<string | null | undefined | { id: string }>,
    { id?: string | RegExp | Array<string | RegExp> }
  >;
  load?: Hook<(id: string) => string | undefined, { id?: string | RegExp | Array<string | RegExp> }>;
  generateBundle?: Hook<
    (this: { environment: Environment }, options: object, bundle: Record<string, { imports?: string[] }>) => void,
    never
  >;
}
export const plugin: VitePlugin = onescope();

const report: LeakReport = leaks({ idleMs: 1000 });
export const worst: number | undefined = report.held[0]?.count;
export const gone: number | undefined = report.neverClosed[0]?.collected;
trackLeaks().stop();
releaseOnClose().stop();
// @ts-expect-error no such option
leaks({ olderThanMs: 1 });

export const names: string[] = inFlight({ limit: 5, label: "GET", state: "active", thread: 0 }).map(
  (each) => each.label,
);
export const flags: string[] = inFlight()[0].flags;
export const pages: number | undefined = counters().byKind.appPage;
export const slowest: number = histograms()[0].max;
trackRequests().stop();
label("text");
export const worked: Promise<number> = runTask("job", async () => 5);
const recording = record({ directory: "flights", keep: 1, maxBytes: 2 ** 20 });
export const room: number = recording.usage().capacity - recording.usage().pages;
recording.stop();
record().stop();
// @ts-expect-error a recording makes its file itself
record({ path: "flight" });
// @ts-expect-error no such state
inFlight({ state: "busy" });
const served = { port: 0, host: "::1", token: "0123456789abcdef", maxBlockedMs: 5000, strict: true };
export const page: string | null = serve(served).url;
serve().stop();
// @ts-expect-error no such option
serve({ address: "127.0.0.1" });
