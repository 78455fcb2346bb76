//! `request-context.d.ts`: the TypeScript face of a request context.

use std::fmt::Write;

use super::BANNER;
use crate::store::registry::builtin::Builtin;

/// The object shapes that the table's types name.
const SHAPES: &str = r#"
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

/** Set once a render has used a dynamic API; one object for all forks of a request. */
export interface RenderDynamicLatch {
  dynamic: boolean;
  listeners: Set<() => void>;
}

/** A dynamic API that a render can use. */
export type RenderRequestApi =
  | "connection"
  | "cookies"
  | "draftMode"
  | "headers"
  | "params"
  | "searchParams";

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
"#;

/// Renders the declarations.
pub fn render(builtins: &[Builtin]) -> String {
    let mut out = format!("{BANNER}{SHAPES}");
    out.push_str("\n/** All per-request state of vinext, one field per slot. */\nexport interface UnifiedRequestContext {\n");
    for entry in builtins {
        let kind = entry.spec.kind.name();
        let _ = writeln!(out, "  /** Owner: {}; kind: {kind}. */", entry.owner);
        let _ = writeln!(out, "  {}: {};", entry.spec.key, entry.ts);
    }
    out.push_str("}\n");
    out
}
/// Renders the declarations of `context-fields.js`.
pub fn render_class() -> String {
    format!("{BANNER}{CLASS}")
}

const CLASS: &str = r#"import type { Extras } from "../request/extras.js";
import type { UnifiedRequestContext } from "./request-context.js";

/** The value slots of one context. */
export class Values {
  [key: string]: unknown;
}

/** Collections that one context was given in place of its family's. */
export class Collections {
  [key: string]: unknown;
}

/** Collections that a context shares with its forks. */
export class Family {
  constructor(root: ContextFields);
  root: ContextFields;
  /** the last fork of a request that is released as it closes, and the one before it */
  forks: Forks | undefined;
  afterContext: unknown;
}

export interface Forks {
  context: ContextFields;
  next: Forks | undefined;
}

export const BLANK_VALUES: Values;
export const BLANK_COLLECTIONS: Collections;

/** The fields, and what they lie in: see context-fields.js. */
export interface ContextFields extends UnifiedRequestContext {}
export class ContextFields {
  /** `kind` is a code of `KINDS`, or -1 for a context that belongs to no request */
  constructor(kind: number);
  $words: Int32Array;
  $bytes: Uint8Array;
  $base: number;
  $kind: number;
  $family: Family | undefined;
  $values: Record<string, unknown>;
  $collections: Record<string, unknown>;
  $extra: Extras | undefined;
}

export function copyFields(child: ContextFields, parent: ContextFields): void;
export function assignFields(context: ContextFields, from: object): void;
export const FIELD_NAMES: readonly (keyof UnifiedRequestContext)[];
"#;
