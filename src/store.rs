//! The tables of the process, together.

use std::sync::LazyLock;

use crate::arena::{Abandoned, Page, PageTable};
use crate::registry::Registry;
use crate::sync::{Mutex, RwLock};
use crate::threads::ThreadTable;
use crate::watchdog::Watchdog;

/// Everything that the threads of a process share.
pub struct Store {
    /// The slots.
    pub registry: RwLock<Registry>,
    /// The pages of contexts.
    pub pages: PageTable,
    /// The requests that nobody closed, of pages that are gone.
    pub abandoned: Mutex<Abandoned>,
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
            abandoned: Mutex::default(),
            threads: ThreadTable::new(),
            watchdog: Watchdog::default(),
        }
    }

    /// Takes a page out that JavaScript is done with, and remembers by label whom nobody closed. How many pages wait to be
    /// counted, this one among them; none if it was taken out before.
    pub fn retire(&self, page: &Page) -> Option<usize> {
        let waiting = self.pages.release(page.id())?;
        self.abandoned.lock().record(page, self.threads.clock().now_ms());
        Some(waiting)
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
