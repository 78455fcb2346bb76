//! Snapshots for JavaScript, as JSON.

use napi::bindgen_prelude::{JsValue, Unknown};
use napi_derive::napi;

use super::convert::{integer, json, object, printed, property, scalar};
use super::error::{Result, host};
use crate::error::{Error, quoted};
use crate::process::Process;
use crate::store::never_closed;
use crate::store::pages::State;
use crate::store::queries::{self, Filter};
use crate::store::registry::Scalar;

/// Counts contexts, pages and threads of the process.
#[napi(catch_unwind)]
pub fn counts() -> Result<String> {
    json(&queries::counts(&Process::global().store))
}

/// The requests of the process that were never closed, by label, the largest group first: those that are gone, and those that
/// have been idle for that long.
#[napi(catch_unwind)]
pub fn never_closed(idle_ms: Unknown<'_>) -> Result<String> {
    let idle_ms = u32::try_from(integer(idle_ms)?).unwrap_or(u32::MAX);
    json(&never_closed::groups(&Process::global().store, idle_ms))
}

/// Lists contexts of all threads, oldest first. Options: `limit`, `label` (a part of it), `state`, `thread`; and off by
/// default `children`, `closed`, `flags`, `waits`; and `waiting`, a part of the label of what they wait for.
#[napi(catch_unwind)]
pub fn contexts(options: Option<Unknown<'_>>) -> Result<String> {
    json(&queries::contexts(&Process::global().store, &filter(options)?))
}

/// Counts the requests and tasks in flight of all threads.
#[napi(catch_unwind)]
pub fn in_flight() -> Result<String> {
    json(&queries::in_flight(&Process::global().store))
}

/// Latencies of all closed contexts of the process, by label.
#[napi(catch_unwind)]
pub fn latencies() -> Result<String> {
    let process = Process::global();
    json(&process.latency.read(&process.store.pages).list())
}

/// The slowest requests of each label in the last minutes, with what they waited for.
#[napi(catch_unwind)]
pub fn slow() -> Result<String> {
    let Process { store, latency, .. } = Process::global();
    json(&latency.slow(&store.pages, store.threads.clock().now_ms()))
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
        flags: chosen("flags")?,
        waits: chosen("waits")?,
        waiting: text("waiting")?,
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
