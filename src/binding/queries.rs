//! Snapshots for JavaScript.

use std::collections::BTreeMap;

use napi::bindgen_prelude::{Either, JsValue, Null, Unknown};
use napi_derive::napi;

use super::convert::{JsSlotValue, integer, object, printed, property, scalar, slot_value};
use super::error::{Result, host};
use crate::error::{Error, quoted};
use crate::process::Process;
use crate::store::pages::{RequestKind, State};
use crate::store::queries::{self, ContextInfo, Filter};
use crate::store::registry::Scalar;

/// How much there is.
#[napi(object, object_from_js = false)]
pub struct Counts {
    /// Requests made.
    pub created: f64,
    /// Child contexts made.
    pub children: f64,
    /// Requests that were closed.
    pub closed: f64,
    /// Requests that were collected though they were never closed.
    pub abandoned: f64,
    /// Requests that are neither.
    pub in_flight: f64,
    /// Pages that JavaScript still reaches.
    pub live_pages: f64,
    /// Contexts in those pages, in any state.
    pub live_records: f64,
    /// Attached threads.
    pub threads: f64,
}

/// Counts contexts, pages and threads of the process.
#[napi(catch_unwind)]
pub fn counts() -> Result<Counts> {
    let counts = queries::counts(&Process::global().store);
    let totals = counts.totals;
    Ok(Counts {
        created: totals.created as f64,
        children: totals.children as f64,
        closed: totals.closed as f64,
        abandoned: totals.abandoned as f64,
        in_flight: totals.in_flight as f64,
        live_pages: counts.live_pages as f64,
        live_records: counts.live_records as f64,
        threads: counts.threads as f64,
    })
}

/// Requests that were collected though they were never closed, of one label.
#[napi(object, object_from_js = false)]
pub struct AbandonedGroup {
    /// Their label, or their kind if they had none.
    pub label: String,
    /// How many.
    pub count: f64,
    /// Milliseconds since the first of them was made.
    pub oldest_ms: f64,
}

/// The abandoned requests of the process by label, the largest group first.
#[napi(catch_unwind)]
pub fn abandoned() -> Result<Vec<AbandonedGroup>> {
    let groups = Process::global().store.abandoned();
    Ok(groups
        .into_iter()
        .map(|group| AbandonedGroup {
            label: group.label,
            count: group.count as f64,
            oldest_ms: group.oldest.as_millis() as f64,
        })
        .collect())
}

/// A context as it was at one moment.
#[napi(object, object_from_js = false)]
pub struct Context {
    /// Its id.
    pub id: f64,
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
    /// Id of the context that it was made in, or `null`.
    pub parent: Either<f64, Null>,
    /// Native slots by key, if the options request them.
    pub slots: Option<BTreeMap<String, JsSlotValue>>,
}

/// Lists contexts of all threads, oldest first. Options: `limit`, `label` (a part of it), `state`, `thread`; and off by
/// default `children`, `closed`, `slots`.
#[napi(catch_unwind)]
pub fn contexts(options: Option<Unknown<'_>>) -> Result<Vec<Context>> {
    let filter = filter(options)?;
    let found = queries::contexts(&Process::global().store, &filter);
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
    let given = |name| match property(&options, name)? {
        Some(value) if value.get_type().map_err(host)? != napi::ValueType::Undefined => {
            Result::Ok(Some(value))
        }
        _ => Ok(None),
    };
    let number = |name| given(name)?.map(integer).transpose();
    let text = |name| given(name)?.map(|value| text(name, value)).transpose();
    Ok(Filter {
        limit: number("limit")?.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        label: text("label")?,
        also: Vec::new(),
        state: text("state")?.map(|name| state(&name)).transpose()?,
        // No thread has a number beyond the range of its type.
        thread: number("thread")?.map(|id| u32::try_from(id).unwrap_or(u32::MAX)),
        children: chosen("children")?,
        closed: chosen("closed")?,
        slots: chosen("slots")?,
    })
}

fn text(name: &str, value: Unknown<'_>) -> Result<String> {
    match scalar(value)? {
        Some(Scalar::Text(text)) => Ok(text.into_owned()),
        _ => {
            Err(Error::Filter { reason: format!("{name} must be a string, not {}", printed(value)?) }.into())
        }
    }
}

fn state(name: &str) -> Result<State> {
    let unknown = || {
        let reason =
            format!("state {} is unknown; expected one of {}", quoted(name), State::NAMES.join(", "));
        Error::Filter { reason }.into()
    };
    State::from_name(name).ok_or_else(unknown)
}

/// What is in flight, counted.
#[napi(object, object_from_js = false)]
pub struct InFlight {
    /// How many, by kind; kinds of which there is none are left out.
    pub by_kind: BTreeMap<&'static str, f64>,
    /// How many, by state; states in which there is none are left out.
    pub by_state: BTreeMap<&'static str, f64>,
}

/// Counts the requests and other work in flight of all threads.
#[napi(catch_unwind)]
pub fn in_flight() -> Result<InFlight> {
    let counts = queries::in_flight(&Process::global().store);
    Ok(InFlight {
        by_kind: named(&RequestKind::NAMES, &counts.by_kind),
        by_state: named(&State::NAMES, &counts.by_state),
    })
}

fn named(names: &[&'static str], counts: &[u64]) -> BTreeMap<&'static str, f64> {
    let pairs = names.iter().zip(counts).filter(|(_, count)| **count > 0);
    pairs.map(|(name, count)| (*name, *count as f64)).collect()
}

/// How long contexts with one label took.
#[napi(object, object_from_js = false)]
pub struct Latency {
    /// The label; `other` for all labels beyond the limit together.
    pub label: String,
    /// Contexts that closed.
    pub count: f64,
    /// The median, in ms.
    pub p50: f64,
    /// The 90th percentile, in ms.
    pub p90: f64,
    /// The 99th percentile, in ms.
    pub p99: f64,
    /// The longest, in ms.
    pub max: f64,
    /// The mean, in ms.
    pub mean: f64,
}

/// Latencies of all closed contexts of the process, by label.
#[napi(catch_unwind)]
pub fn latencies() -> Result<Vec<Latency>> {
    let process = Process::global();
    let list = process.latency.read(&process.store.pages).list();
    let convert = |latency: crate::latency::Latency| Latency {
        label: latency.label,
        count: latency.count as f64,
        p50: latency.p50 as f64,
        p90: latency.p90 as f64,
        p99: latency.p99 as f64,
        max: latency.max as f64,
        mean: latency.mean,
    };
    Ok(list.into_iter().map(convert).collect())
}

fn convert(context: ContextInfo, with_slots: bool) -> Context {
    Context {
        id: context.id as f64,
        kind: context.kind.name(),
        state: context.state.name(),
        label: context.label,
        age_ms: context.age_ms,
        idle_ms: context.idle_ms,
        thread: context.thread,
        parent: context.parent.map_or(Either::B(Null), |id| Either::A(id as f64)),
        slots: with_slots
            .then(|| context.slots.into_iter().map(|(key, value)| (key, slot_value(value))).collect()),
    }
}
