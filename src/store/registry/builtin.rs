//! The request fields of vinext's unified context: the only place where they are declared.
//!
//! The JavaScript accessors, their TypeScript types and the table of the JavaScript backend are generated from this one
//! (`npm run generate`). Order is identity: the slot ids are 1, 2, … and fields are handed out from the top.

use std::borrow::Cow;

use super::kind::SlotKind;
use super::scalar::Scalar;
use super::spec::{InChild, Lifetime, SlotSpec};

/// A built-in slot.
#[derive(Debug)]
pub struct Builtin {
    /// Its declaration.
    pub spec: SlotSpec,
    /// The vinext module that owns the field.
    pub owner: &'static str,
    /// Its type, in TypeScript, with the names of js/request/field-types.d.ts; none if the kind determines it.
    pub ts: Option<&'static str>,
    /// The JavaScript expression that makes the value of a lazy slot at first access; its functions are those of
    /// js/request/factories.js.
    pub make: Option<&'static str>,
}

const fn spec(key: &'static str, kind: SlotKind, default: Scalar) -> SlotSpec {
    let key = Cow::Borrowed(key);
    SlotSpec { key, kind, lifetime: Lifetime::Request, default, in_child: InChild::Inherit }
}

const fn slot(
    key: &'static str,
    kind: SlotKind,
    default: Scalar,
    ts: Option<&'static str>,
    owner: &'static str,
) -> Builtin {
    Builtin { spec: spec(key, kind, default), owner, ts, make: None }
}

const fn value(key: &'static str, ts: &'static str, owner: &'static str) -> Builtin {
    slot(key, SlotKind::Value, Scalar::Null, Some(ts), owner)
}

const fn flag(key: &'static str, owner: &'static str) -> Builtin {
    slot(key, SlotKind::Flag, Scalar::Bool(false), None, owner)
}

const fn list(key: &'static str, ts: &'static str, owner: &'static str) -> Builtin {
    lazy(key, "[]", ts, owner)
}

const fn set(key: &'static str, ts: &'static str, owner: &'static str) -> Builtin {
    lazy(key, "new Set()", ts, owner)
}

const fn lazy(key: &'static str, make: &'static str, ts: &'static str, owner: &'static str) -> Builtin {
    Builtin { spec: spec(key, SlotKind::Lazy, Scalar::Undefined), owner, ts: Some(ts), make: Some(make) }
}

const fn choice(
    key: &'static str,
    variants: &'static [Scalar],
    default: Scalar,
    owner: &'static str,
) -> Builtin {
    slot(key, SlotKind::Enum { variants: Cow::Borrowed(variants) }, default, None, owner)
}

const fn text(value: &'static str) -> Scalar {
    Scalar::Text(Cow::Borrowed(value))
}

const HEADERS: &str = "headers";
const CACHE: &str = "cache-request-state";
const FETCH: &str = "fetch-cache-state";
const UNIFIED: &str = "unified-request-context";

const PHASES: &[Scalar] = &[text("render"), text("action"), text("route-handler")];
const REVALIDATIONS: &[Scalar] = &[Scalar::Number(0.0), Scalar::Number(1.0), Scalar::Number(2.0)];
const MODES: &[Scalar] = &[text("foreground"), text("background")];

/// The fields of vinext 1.4.0, in the order of the slot ids.
pub static BUILTIN: &[Builtin] = &[
    value("headersContext", "HeadersContext | null", HEADERS),
    flag("dynamicUsageDetected", HEADERS),
    lazy("renderDynamicLatch", "renderDynamicLatch()", "RenderDynamicLatch", HEADERS),
    set("renderRequestApiUsage", "Set<RenderRequestApi>", HEADERS),
    value("connectionProbe", "ConnectionProbe | null", HEADERS),
    value("invalidDynamicUsageError", "unknown", HEADERS),
    list("pendingSetCookies", "string[]", HEADERS),
    value("draftModeCookieHeader", "string | null", HEADERS),
    choice("phase", PHASES, text("render"), HEADERS),
    value("i18nContext", "I18nContext | null", "i18n-state"),
    value("serverContext", "NavigationContext | null", "navigation-state"),
    list("serverInsertedHTMLCallbacks", "(() => unknown)[]", "navigation-state"),
    value("requestScopedCacheLife", "CacheLife | null", CACHE),
    choice("actionRevalidationKind", REVALIDATIONS, Scalar::Number(0.0), CACHE),
    flag("isOnDemandRevalidate", CACHE),
    list("pendingCdnTagInvalidations", "CdnTagInvalidation[]", CACHE),
    set("pendingRevalidatedTags", "Set<string>", CACHE),
    set("pendingRevalidations", "Set<Promise<void>>", CACHE),
    choice("unstableCacheRevalidation", MODES, text("foreground"), CACHE),
    value("_privateCache", "Map<string, unknown> | null", "cache-runtime"),
    list("currentRequestTags", "string[]", FETCH),
    list("currentFetchSoftTags", "string[]", FETCH),
    value("currentFetchCacheMode", "FetchCacheMode | null", FETCH),
    value("currentFetchRevalidate", "number | null", FETCH),
    flag("currentForceDynamicFetchDefault", FETCH),
    flag("isDraftMode", FETCH),
    set("dynamicFetchUrls", "Set<string>", FETCH),
    flag("refreshStaleFetchesInForeground", FETCH),
    flag("isFetchDedupeActive", FETCH),
    lazy("currentFetchDedupeEntries", "new Map()", "Map<string, FetchDedupeEntry[]>", FETCH),
    slot("nextFetchId", SlotKind::Counter, Scalar::Number(1.0), None, FETCH),
    value("executionContext", "ExecutionContext | null", "request-context"),
    value("requestSignal", "AbortSignal | null", UNIFIED),
    lazy("requestCache", "new WeakMap()", "WeakMap<(...args: any[]) => any, unknown>", "cache-for-request"),
    lazy("afterContext", "afterContext()", "AfterContext", UNIFIED),
    value("ssrContext", "SsrContext | null", "router-state"),
    list("ssrHeadChildren", "unknown[]", "head-state"),
    list("documentInitialHead", "unknown[]", "head-state"),
    value("rootParams", "RootParams | null", "root-params"),
];
