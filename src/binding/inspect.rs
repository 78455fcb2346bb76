//! Snapshots for JavaScript.

use std::collections::BTreeMap;

use napi::bindgen_prelude::{Either, JsValue, Null, Unknown};
use napi_derive::napi;

use super::convert::{JsSlotValue, integer, object, property, slot_value};
use super::error::{Result, host};
use crate::inspect::{self, ContextInfo, Filter};
use crate::store::Store;

/// How much there is.
#[napi(object, object_from_js = false)]
pub struct Counts {
    /// Requests made.
    pub created: f64,
    /// Forks made.
    pub forked: f64,
    /// Requests that were closed.
    pub closed: f64,
    /// Requests that were collected though they were never closed.
    pub abandoned: f64,
    /// Requests that are neither.
    pub in_flight: f64,
    /// Pages that JavaScript still reaches.
    pub live_pages: f64,
    /// Contexts in those pages, in any state.
    pub live_cells: f64,
    /// Attached threads.
    pub threads: f64,
}

/// Counts contexts, pages and threads of the process.
#[napi(catch_unwind)]
pub fn counts() -> Result<Counts> {
    let counts = inspect::counts(Store::global());
    let totals = counts.totals;
    Ok(Counts {
        created: totals.created as f64,
        forked: totals.forked as f64,
        closed: totals.closed as f64,
        abandoned: totals.abandoned as f64,
        in_flight: totals.in_flight as f64,
        live_pages: counts.live_pages as f64,
        live_cells: counts.live_cells as f64,
        threads: counts.threads as f64,
    })
}

/// A context as it was at one moment.
#[napi(object, object_from_js = false)]
pub struct Context {
    /// Its handle.
    pub seq: f64,
    /// other, appPage, appRoute, action, pagesPage, pagesApi or regeneration
    pub kind: &'static str,
    /// free, created, active, responded or closed
    pub state: &'static str,
    /// The text that a person recognises it by.
    pub label: String,
    /// Milliseconds since it was made.
    pub age_ms: u32,
    /// Milliseconds since it was last touched.
    pub idle_ms: u32,
    /// Id of its thread.
    pub thread: u32,
    /// Handle of the context it was forked from, or `null`.
    pub parent: Either<f64, Null>,
    /// Native slots by key, if the options ask.
    pub slots: Option<BTreeMap<String, JsSlotValue>>,
}

/// Lists contexts of all threads, oldest first. Options: `limit` (none), and off by default `forks`, `closed`, `slots`.
#[napi(catch_unwind)]
pub fn contexts(options: Option<Unknown<'_>>) -> Result<Vec<Context>> {
    let filter = filter(options)?;
    let found = inspect::contexts(Store::global(), filter);
    Ok(found.into_iter().map(|context| convert(context, filter.slots)).collect())
}

fn filter(options: Option<Unknown<'_>>) -> Result<Filter> {
    let Some(options) = options.map(object).transpose()?.flatten() else {
        return Ok(Filter::default());
    };
    let chosen = |name| match property(&options, name)? {
        Some(value) => value.coerce_to_bool().map_err(host),
        None => Ok(false),
    };
    Ok(Filter {
        limit: match property(&options, "limit")? {
            Some(value) if value.get_type().map_err(host)? != napi::ValueType::Undefined => {
                Some(usize::try_from(integer(value)?).unwrap_or(usize::MAX))
            }
            _ => None,
        },
        forks: chosen("forks")?,
        closed: chosen("closed")?,
        slots: chosen("slots")?,
    })
}

fn convert(context: ContextInfo, with_slots: bool) -> Context {
    Context {
        seq: context.seq as f64,
        kind: context.kind.name(),
        state: context.state.name(),
        label: context.label,
        age_ms: context.age_ms,
        idle_ms: context.idle_ms,
        thread: context.thread,
        parent: context.parent.map_or(Either::B(Null), |seq| Either::A(seq as f64)),
        slots: with_slots
            .then(|| context.slots.into_iter().map(|(key, value)| (key, slot_value(value))).collect()),
    }
}
