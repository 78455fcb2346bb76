// Types that request fields have; src/store/registry/builtin.rs names them.
/** What `headers()`, `cookies()` and `draftMode()` read. */
export interface HeadersContext {
  headers: Headers;
  cookies: Map<string, string>;
  accessError?: Error;
  draftModeEnabled?: boolean;
  draftModeSecret?: string;
  forceStatic?: boolean;
  mutableCookies?: any;
  readonlyCookies?: any;
  readonlyHeaders?: Headers;
}

/** Set once a render has used a dynamic API; one object for all child contexts of a request. */
export interface RenderDynamicLatch {
  dynamic: boolean;
  listeners: Set<() => void>;
}

/** A dynamic API that a render can use. */
export type RenderRequestApi = "connection" | "cookies" | "draftMode" | "headers" | "params" | "searchParams";

/** A probe that stops a render at its first use of a dynamic API. */
export interface ConnectionProbe {
  active: boolean;
  dynamicUsageTarget: any;
  interrupted: boolean;
  interrupt: () => void;
}

/** Locale settings of the request's domain. */
export interface I18nContext {
  locale?: string;
  locales?: string[];
  defaultLocale?: string;
  domainLocales?: readonly {
    domain: string;
    defaultLocale: string;
    locales?: readonly string[];
    http?: true;
  }[];
  hostname?: string;
}

/** Where the request navigates to. */
export interface NavigationContext {
  pathname: string;
  searchParams: URLSearchParams;
  params: Record<string, string | string[]>;
  isStaticGeneration?: boolean;
  isForceStatic?: boolean;
  searchParamsGate?: { decision: "real" | "bailout" | null; decided: Promise<void> };
  getClientPageSearchParams?: (pageProps: object) => Promise<Record<string, string | string[]>>;
}

/** Lifetimes of a cache entry, in seconds. */
export interface CacheLife {
  stale?: number;
  revalidate?: number;
  expire?: number;
}

/** A purge of the CDN that waits for the end of the request. */
export interface CdnTagInvalidation {
  readonly tag: string;
  readonly durations: { expire?: number } | undefined;
  readonly dataInvalidation: Promise<void>;
}

/** The cache mode of a route segment. */
export type FetchCacheMode =
  | "auto"
  | "default-cache"
  | "default-no-store"
  | "force-cache"
  | "force-no-store"
  | "only-cache"
  | "only-no-store";

/** A fetch that later calls of the same request share. */
export interface FetchDedupeEntry {
  key: string;
  promise: Promise<Response>;
  response: Response | null;
}

/** What the host offers for work that outlives the response. */
export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException?(): void;
  hostRuntime?: "node" | "worker";
  cache?: unknown;
  trustedRevalidateOrigin?: string;
  [name: string]: unknown;
}

/** Work that `after()` put off until the response is closed. */
export interface AfterContext {
  callbacks: (() => unknown)[];
  responseClosed: boolean;
  pendingCallbacks: number;
  pendingPromises: number;
  completion: Promise<void> | null;
  resolveCompletion: (() => void) | null;
}

/** What the Pages Router shows to `useRouter()` on the server. */
export interface SsrContext {
  pathname: string;
  query: Record<string, string | string[]>;
  asPath: string;
  navigationIsReady?: boolean;
  locale?: string;
  locales?: string[];
  defaultLocale?: string;
  isPreview?: boolean;
  isFallback?: boolean;
}

/** Parameters of the segments above the root layout. */
export type RootParams = Record<string, string | string[] | undefined>;
