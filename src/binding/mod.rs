//! The Node-API surface: it converts arguments, forwards to the store, and converts what comes back.
//!
//! Every export catches panics, which would otherwise end the process. A panic becomes an `Error` with the panic's message.

mod convert;
mod diagnostics;
mod error;
mod external;
mod pages;
mod queries;
mod recorder;
mod registry;
mod selftest;
mod threads;
mod watchdog;
