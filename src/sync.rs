//! The one place that names the lock implementation.
//!
//! None of these locks poisons: a panic that was caught at the binding must not make the store unusable.
//!
//! | lock | protects | does not protect |
//! |---|---|---|
//! | `Store::registry` | slot ids, specs, field allocation | the contents of fields |
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

#[cfg(not(miri))]
pub use parking_lot::{Mutex, RwLock};

/// Miri refuses the system call with which parking_lot waits. The locks of std, without poison.
#[cfg(miri)]
#[allow(missing_docs)]
mod std_locks {
    use std::sync::{self, MutexGuard, PoisonError, RwLockReadGuard, RwLockWriteGuard};

    #[derive(Default)]
    pub struct Mutex<T>(sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub const fn new(value: T) -> Self {
            Self(sync::Mutex::new(value))
        }

        pub fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    #[derive(Default)]
    pub struct RwLock<T>(sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub const fn new(value: T) -> Self {
            Self(sync::RwLock::new(value))
        }

        pub fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().unwrap_or_else(PoisonError::into_inner)
        }

        pub fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
#[cfg(miri)]
pub use std_locks::{Mutex, RwLock};
