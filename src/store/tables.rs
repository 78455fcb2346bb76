//! The tables of the process, together.

use std::collections::BTreeSet;

use super::listeners::Listeners;
use super::page_reaper::PageReaper;
use super::pages::{Group, Page, PageTable};
use super::registry::Registry;
use super::threads::ThreadTable;
use crate::sync::{Mutex, RwLock};

/// Called with a page, the table that it is in, and a reading of the clock.
pub type PageHook = Box<dyn Fn(&Page, &PageTable, u32) + Send + Sync>;

/// What features add to a store when it is made. No lock of the store is held while a hook runs.
#[derive(Default)]
pub struct Hooks {
    /// Called before a released page counts as gone; maybe more than once for a page.
    pub page_leaves: Vec<PageHook>,
}

/// Everything that the threads of a process share.
pub struct Store {
    /// The slots.
    pub registry: RwLock<Registry>,
    /// The pages of contexts.
    pub pages: PageTable,
    /// The JavaScript threads and their clock.
    pub threads: ThreadTable,
    /// The threads that are notified when a feature starts or stops.
    pub listeners: Listeners,
    // The warnings that the process has printed.
    notices: Mutex<BTreeSet<String>>,
    hooks: Hooks,
    reaper: PageReaper,
}

impl Store {
    /// A store with the built-in slots and nothing else.
    pub fn new() -> Self {
        Self::with_hooks(Hooks::default())
    }

    /// The same, for features that have to learn what happens in it.
    pub fn with_hooks(hooks: Hooks) -> Self {
        Self {
            registry: RwLock::new(Registry::with_builtins()),
            pages: PageTable::default(),
            threads: ThreadTable::default(),
            listeners: Listeners::default(),
            notices: Mutex::default(),
            hooks,
            reaper: PageReaper::default(),
        }
    }

    /// True the first time that the name of a warning is passed, so that not each thread prints it again.
    pub fn is_first_notice(&self, name: String) -> bool {
        self.notices.lock().insert(name)
    }

    /// Releases a page that JavaScript is done with; a background thread counts what it held.
    pub fn release_page(&'static self, page: &Page) {
        if let Some(waiting) = self.pages.release(page.id()) {
            self.reaper.released(waiting, || self.settle());
        }
    }

    /// Counts what the pages held that were released.
    pub fn settle(&self) {
        let clock = self.threads.clock();
        self.pages.settle(clock, |page| {
            self.hooks.page_leaves.iter().for_each(|hook| hook(page, &self.pages, clock.now_ms()));
        });
    }

    /// The requests that were never closed, of pages that are gone, by label, the largest group first.
    pub fn abandoned(&self) -> Vec<Group> {
        self.pages.abandoned(self.threads.clock().now_ms()).list()
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notice_is_first_once() {
        let store = Store::new();
        let seen = ["a", "b", "a", "b"].map(|name| store.is_first_notice(name.to_owned()));
        assert_eq!(seen, [true, true, false, false]);
    }
}
