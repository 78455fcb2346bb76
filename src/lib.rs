//! onescope: the per-request state of a Node.js server, in native memory that other threads can read.
#![deny(unsafe_code)]

// napi-derive registers no export in a test build, where all of this would be dead code.
#[cfg(all(feature = "binding", not(test)))]
mod binding;
pub mod diagnostics;
pub mod error;
pub mod generate;
pub mod latency;
pub mod limits;
pub mod memory;
pub mod process;
pub mod recorder;
pub mod store;
pub mod sync;
pub mod text;
pub mod watchdog;
