//! onescope: the per-request state of a Node.js server, in native memory that other threads can read.
#![deny(unsafe_code)]

pub mod arena;
// napi-derive registers no export in a test build, where all of this would be dead code.
#[cfg(all(feature = "binding", not(test)))]
mod binding;
pub mod clock;
pub mod diagnostics;
pub mod error;
pub mod followers;
pub mod generate;
pub mod harvest;
pub mod inspect;
pub mod latency;
pub mod limits;
pub mod memory;
pub mod notices;
pub mod recorder;
pub mod registry;
pub mod store;
pub mod sync;
pub mod text;
pub mod threads;
pub mod watchdog;
