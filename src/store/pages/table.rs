//! Which pages are live, and what became of the others.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

use super::abandoned::Abandoned;
use super::codes::{RequestKind, State};
use super::context_id::ContextId;
use super::page::Page;
use super::record::Record;
use crate::error::{Error, Result};
use crate::memory::Memory;
use crate::store::clock::Clock;
use crate::sync::{Mutex, RwLock};

/// How many contexts there are or were. `created == closed + abandoned + in_flight` at every moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Requests made.
    pub created: u64,
    /// Child contexts made.
    pub children: u64,
    /// Requests that were closed.
    pub closed: u64,
    /// Requests whose page is gone though they were never closed.
    pub abandoned: u64,
    /// Requests that are made, not closed, and still in a live page.
    pub in_flight: u64,
}

impl Totals {
    /// What a live page holds.
    pub fn of(page: &Page) -> Self {
        let mut totals = Self::default();
        for (_, record) in page.records() {
            match (record.state(), record.is_child()) {
                (State::Free, _) => {}
                (_, true) if record.kind() == RequestKind::Outgoing => {}
                (_, true) => totals.children += 1,
                (State::Closed, false) => {
                    totals.created += 1;
                    totals.closed += 1;
                }
                (_, false) => {
                    totals.created += 1;
                    totals.in_flight += 1;
                }
            }
        }
        totals
    }

    fn retired(self) -> Self {
        Self { abandoned: self.in_flight, in_flight: 0, ..self }
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.children += other.children;
        self.closed += other.closed;
        self.abandoned += other.abandoned;
        self.in_flight += other.in_flight;
    }
}

/// A live record, kept readable.
pub struct RecordRef {
    page: Arc<Page>,
    index: usize,
}

impl RecordRef {
    /// The record.
    pub fn record(&self) -> Record<'_> {
        self.page.record(self.index)
    }
}

#[derive(Default)]
struct Pages {
    // Ordered, so that a scan meets older pages first.
    live: BTreeMap<u64, Arc<Page>>,
    // JavaScript is done with them, and they are not counted yet.
    leaving: Vec<Arc<Page>>,
}

impl Pages {
    /// Takes out a page that waits to be counted; false if it does not.
    fn take_leaving(&mut self, page: &Arc<Page>) -> bool {
        // Nearly always the last one.
        let index = self.leaving.iter().rposition(|each| Arc::ptr_eq(each, page));
        index.map(|index| self.leaving.swap_remove(index)).is_some()
    }
}

/// What the pages held that are counted.
#[derive(Default)]
struct Past {
    retired: Totals,
    abandoned: Abandoned,
}

/// The pages of the process.
#[derive(Default)]
pub struct PageTable {
    pages: RwLock<Pages>,
    // Taken before `pages` where both are: a page moves from one to the other while this one is held, so a reader that holds
    // both meets every page exactly once. JavaScript that makes a page takes only `pages`, which is never held for long.
    past: Mutex<Past>,
    last_id: AtomicU64,
}

impl PageTable {
    /// Makes a page for a thread.
    ///
    /// # Errors
    /// `PageMemory` if the allocator refuses.
    pub fn allocate(&self, thread: u32) -> Result<Arc<Page>> {
        Ok(self.add(Page::new(self.next_id(), thread)?))
    }

    /// Makes a page for a thread in given memory of `PAGE_BYTES`, all zeros.
    pub fn allocate_in(&self, memory: Memory, thread: u32) -> Arc<Page> {
        self.add(Page::in_memory(memory, self.next_id(), thread))
    }

    fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Relaxed) + 1
    }

    fn add(&self, page: Page) -> Arc<Page> {
        let page = Arc::new(page);
        self.pages.write().live.insert(page.id(), Arc::clone(&page));
        page
    }

    /// Takes a page out; none if it was not in the table. What it held counts among the totals at once, though the counting
    /// is left to [`PageTable::settle`]. JavaScript must be done with it: what it writes later is not counted.
    ///
    /// Returns how many pages wait to be counted.
    pub fn release(&self, id: u64) -> Option<usize> {
        let mut pages = self.pages.write();
        let page = pages.live.remove(&id)?;
        pages.leaving.push(page);
        Some(pages.leaving.len())
    }

    /// Counts what the pages held that were released; `clock` is the one that their times are of. `leaves` is
    /// called with each page while [`PageTable::all`] still has it; two threads that settle can call it with the same page.
    pub fn settle(&self, clock: Clock, leaves: impl Fn(&Page)) {
        loop {
            // One page at a time, so that no reader of the past waits for all of them.
            let Some(page) = self.pages.read().leaving.last().cloned() else { return };
            leaves(&page);
            let mut past = self.past.lock();
            if !self.pages.write().take_leaving(&page) {
                // Another thread counted it.
                continue;
            }
            past.retired += Totals::of(&page).retired();
            past.abandoned.count(&page, clock.now_ms());
            // The page goes after it: to give its memory back can take a while.
            drop(past);
        }
    }

    /// The record that an id names.
    ///
    /// # Errors
    /// `StaleId` if its page is released or the record is not allocated.
    pub fn resolve(&self, id: ContextId) -> Result<RecordRef> {
        let page = self.pages.read().live.get(&id.page()).cloned();
        page.filter(|page| id.index() < page.cursor())
            .map(|page| RecordRef { page, index: id.index() })
            .ok_or(Error::StaleId { id: id.get() })
    }

    /// The live pages, and the released ones that are not counted yet.
    pub fn all(&self) -> Vec<Arc<Page>> {
        let pages = self.pages.read();
        pages.live.values().chain(&pages.leaving).cloned().collect()
    }

    /// The requests that were never closed, of pages that are gone; `now_ms` is the coarse clock's reading.
    pub fn abandoned(&self, now_ms: u32) -> Abandoned {
        let (leaving, mut abandoned) = {
            let past = self.past.lock();
            // By itself, so that the table is free while the groups are copied.
            let leaving = self.pages.read().leaving.clone();
            (leaving, past.abandoned.clone())
        };
        leaving.iter().for_each(|page| abandoned.count(page, now_ms));
        abandoned
    }

    /// The live pages in order of id, and the totals of all others, both of the same moment.
    pub fn snapshot(&self) -> (Vec<Arc<Page>>, Totals) {
        let (live, leaving, mut retired) = {
            let past = self.past.lock();
            let pages = self.pages.read();
            (pages.live.values().cloned().collect(), pages.leaving.clone(), past.retired)
        };
        leaving.iter().for_each(|page| retired += Totals::of(page).retired());
        (live, retired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::record::{byte, word};

    fn make(page: &Page, state: u8, parent: u32) {
        let index = page.cursor();
        page.record(index).set_byte(byte::STATE, state);
        page.record(index).set_word(word::PARENT_LOW, parent);
        page.set_cursor(index + 1);
    }

    #[test]
    fn release_turns_what_was_in_flight_into_abandoned() {
        let table = PageTable::default();
        let page = table.allocate(0).unwrap();
        for (state, parent) in [(1, 0), (2, 0), (3, 0), (4, 0), (4, 257), (2, 257), (0, 0)] {
            make(&page, state, parent);
        }
        let live = Totals { created: 4, children: 2, closed: 1, abandoned: 0, in_flight: 3 };
        assert_eq!(Totals::of(&page), live);
        assert_eq!(table.release(page.id()), Some(1));
        assert_eq!(table.release(page.id()), None, "a second release must not count twice");
        for _ in 0..2 {
            assert_eq!(table.snapshot().1, Totals { abandoned: 3, in_flight: 0, ..live });
            table.settle(Clock::start(), |_| {});
        }
    }

    #[test]
    fn no_reader_waits_for_a_hook() {
        let (table, gate) = (PageTable::default(), Mutex::new(()));
        let closed_gate = gate.lock();
        let (page, other) = (table.allocate(0).unwrap(), table.allocate(0).unwrap());
        make(&page, 4, 0);
        assert!(table.resolve(ContextId::of(page.id(), 1)).is_ok());
        assert_eq!(table.release(page.id()), Some(1));
        assert_eq!((table.snapshot().0.len(), table.abandoned(0).list().len()), (1, 0));
        // A thread that counts pages waits for the hook, and holds no lock meanwhile.
        std::thread::scope(|scope| {
            let counting = scope.spawn(|| table.settle(Clock::start(), |_| drop(gate.lock())));
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert!(!counting.is_finished());
            assert_eq!(table.snapshot().1.closed, 1);
            assert_eq!(table.release(other.id()), Some(2));
            assert_eq!(table.all().len(), 2);
            drop(closed_gate);
        });
        assert_eq!(table.snapshot().1.closed, 1);
        assert_eq!(table.all().len(), 0);
    }

    #[test]
    fn a_reader_outlives_the_release() {
        let table = PageTable::default();
        let page = table.allocate(0).unwrap();
        make(&page, 2, 0);
        let id = ContextId::of(page.id(), 1);
        let held = table.resolve(id).unwrap();
        table.release(page.id());
        drop(page);
        assert_eq!(held.record().state(), State::Active);
        assert_eq!(table.resolve(id).err().unwrap().code(), "ERR_ONESCOPE_STALE_ID");
    }
}
