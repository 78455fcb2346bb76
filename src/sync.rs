//! The one place that names the lock implementation.
//!
//! None of these locks poisons: a panic that was caught at the binding must not make the store unusable.
//!
//! | lock | protects | does not protect |
//! |---|---|---|
//! | `Store::registry` | slot ids, specs, lane allocation | the contents of lanes |
//! | `PageTable::past` | totals and abandoned requests of pages that are gone | |
//! | `PageTable::pages` | which pages are live, which wait to be counted | the words of a page (atomics, written by JavaScript) |
//! | `ThreadTable` | which threads are attached | their blocks (atomics) |
//! | `LatencyTable` | the histograms, and which labels have one of their own | |
//! | `Watchdog` | the watch that is on, its responses and prober | what its thread knows of stalls (its own) |
//! | `Watchdog::history` | the last reports | |
//! | `Recorder` | which recording is on | the words of its pages and blocks (atomics) |
//! | `Flight` | slots that are written, and how it ends | |
//! | `Pool` | which parts of a mapping are lent | the parts (atomics) |
//! | `Listeners` | which threads are notified | |
//! | `Diagnostics` | the server that is on | what its thread knows of connections and event loops (its own) |
//! | `Connections` (diagnostics) | the connections that are open | |
//! | `Loops` (diagnostics) | the delays of the event loops | |
//! | `Spread` (diagnostics) | the latencies as they were lately | |
//! | `CpuBudget` (diagnostics) | the time that responses may take | |
//! | `Leaks` (diagnostics) | the last leaks that JavaScript sent | |
//!
//! No thread holds two of them at once, with two exceptions: `PageTable::past`, with which `PageTable::pages` is taken; and `Connections`,
//! `Loops`, `Spread` and `CpuBudget`, which only the server's thread takes, and with which it takes one of the others.

pub use parking_lot::{Condvar, Mutex, RwLock};
