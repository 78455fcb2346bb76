//! onescope: the per-request state of a Node.js server, in native memory that other threads can read.
//!
//! `unsafe` is denied but in two files: `binding/external.rs`, which shares memory with JavaScript, and `memory/system.rs`, which
//! maps files and handles signals.

// napi-derive registers no export in a test build, where all of this would be dead code.
#[cfg(all(feature = "binding", not(test)))]
mod binding;
pub mod diagnostics;
pub mod error;
pub mod latency;
pub mod limits;
pub mod memory;
pub mod process;
pub mod recorder;
pub mod store;
pub mod sync;
pub mod text;
pub mod watchdog;
