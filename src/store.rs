//! The tables of the process, together.

use std::sync::LazyLock;

use crate::arena::PageTable;
use crate::registry::Registry;
use crate::sync::RwLock;
use crate::threads::ThreadTable;
use crate::watchdog::Watchdog;

/// Everything that the threads of a process share.
pub struct Store {
    /// The slots.
    pub registry: RwLock<Registry>,
    /// The pages of contexts.
    pub pages: PageTable,
    /// The JavaScript threads and their clock.
    pub threads: ThreadTable,
    /// What looks out for threads that are stuck.
    pub watchdog: Watchdog,
}

impl Store {
    /// A store with the built-in slots and nothing else.
    pub fn new() -> Self {
        Self {
            registry: RwLock::new(Registry::with_builtins()),
            pages: PageTable::new(),
            threads: ThreadTable::new(),
            watchdog: Watchdog::default(),
        }
    }

    /// The one of this process, made at the first call.
    pub fn global() -> &'static Self {
        static STORE: LazyLock<Store> = LazyLock::new(Store::new);
        &STORE
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}
