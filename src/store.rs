//! The three tables of the process, together.

use std::sync::LazyLock;

use crate::arena::PageTable;
use crate::registry::Registry;
use crate::sync::RwLock;
use crate::threads::ThreadTable;

/// Everything that the threads of a process share.
pub struct Store {
    /// The slots.
    pub registry: RwLock<Registry>,
    /// The pages of contexts.
    pub pages: PageTable,
    /// The JavaScript threads and their clock.
    pub threads: ThreadTable,
}

impl Store {
    /// A store with the built-in slots and nothing else.
    pub fn new() -> Self {
        Self {
            registry: RwLock::new(Registry::with_builtins()),
            pages: PageTable::new(),
            threads: ThreadTable::new(),
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
