//! What distinguishes builds, and a test that a panic does not end the process.

use napi_derive::napi;

use super::error::Result;
use crate::limits;
use crate::process::Process;

/// Version of the native part.
#[napi(catch_unwind)]
pub fn version() -> Result<String> {
    Ok(env!("CARGO_PKG_VERSION").to_owned())
}

/// A fixed size of the store.
#[napi(object, object_from_js = false)]
pub struct Limit {
    /// What is bounded.
    pub name: &'static str,
    /// By how much.
    pub value: f64,
}

/// The fixed sizes that a user can meet.
#[napi(catch_unwind)]
pub fn limits() -> Result<Vec<Limit>> {
    let limit = |name, value: usize| Limit { name, value: value as f64 };
    Ok(vec![
        limit("contextsPerPage", limits::PAGE_RECORDS - 1),
        limit("pageBytes", limits::PAGE_BYTES),
        limit("labelBytes", limits::LABEL_BYTES),
        limit("flagsAndEnums", limits::BYTE_FIELDS),
        limit("counters", limits::COUNTER_FIELDS),
        limit("enumVariants", limits::ENUM_VARIANTS),
        limit("slotKeyBytes", limits::KEY_BYTES),
        limit("clockTickMs", limits::CLOCK_TICK_MS as usize),
        limit("abandonedLabels", limits::ABANDONED_LABELS),
    ])
}

/// Panics, so that a test can see it arrive as an error.
#[napi(catch_unwind)]
pub fn selftest_panic() -> Result<()> {
    panic!("onescope selftest: this panic is caught at the binding");
}

/// Has the clock of the process start at a reading, so that tests see it wrap. Does nothing once a thread is attached.
#[napi(catch_unwind)]
pub fn selftest_clock(ms: u32) -> Result<()> {
    Process::global().store.threads.start_clock_at(ms);
    Ok(())
}
