//! What tells one build from another, and proof that a panic does not end the process.

use napi_derive::napi;

use super::error::Result;

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
