//! What distinguishes builds, and a test that a panic does not end the process.

use napi_derive::napi;

use super::error::Result;
use crate::process::Process;

/// Version of the native part.
#[napi(catch_unwind)]
pub fn version() -> Result<String> {
    Ok(env!("CARGO_PKG_VERSION").to_owned())
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
