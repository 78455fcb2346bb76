//! Copies of what is in flight in pages that are not in the file: those from before the recording, and those that came when the
//! file was full. However many pages leaked contexts hold, there is room for what is in flight.
//!
//! A thread writes them again and again, so they are late by one copy at most.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::format::{OUTSIDE_BYTES, OUTSIDE_RECORD, Unrecorded};
use crate::limits::{PAGE_RECORDS, RECORD_WORDS};
use crate::memory::Memory;
use crate::store::pages::{ContextId, Page, Record, State};
use crate::sync::Mutex;

const OUTSIDE_WORDS: usize = OUTSIDE_BYTES / 4;

/// The room for copies.
pub struct Outside {
    memory: Memory,
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    // Which context has which place.
    of: HashMap<u64, usize>,
    free: Vec<usize>,
    // Pages that are full and have nothing in flight: that stays so.
    done: HashSet<u64>,
    sealed: bool,
}

impl Outside {
    /// Room in memory that is all zeros.
    pub fn new(memory: Memory) -> Self {
        let free = (0..memory.len() / OUTSIDE_BYTES).rev().collect();
        Self { memory, places: Mutex::new(Places { free, ..Places::default() }) }
    }

    /// Copies what is in flight in these pages, none of which is in the file. Counts the pages, and what found no room.
    pub fn copy(&self, pages: &[Arc<Page>]) -> Unrecorded {
        let mut places = self.places.lock();
        let mut unrecorded = Unrecorded { pages: pages.len() as u64, ..Unrecorded::default() };
        let ids: HashSet<u64> = pages.iter().map(|page| page.id()).collect();
        places.done.retain(|id| ids.contains(id));
        let mut seen = HashSet::new();
        for page in pages {
            if places.done.contains(&page.id()) {
                continue;
            }
            let full = page.cursor() == PAGE_RECORDS;
            let mut over = 0;
            for (index, record) in page.records() {
                if record.state().is_in_flight() && !record.is_child() {
                    let id = ContextId::of(page.id(), index).get();
                    seen.insert(id);
                    unrecorded.in_flight += u64::from(!self.put(&mut places, id, page.thread(), record));
                }
                over += usize::from(record.state() == State::Closed || record.is_child());
            }
            if full && over == PAGE_RECORDS - 1 {
                places.done.insert(page.id());
            }
        }
        if !places.sealed {
            let gone: Vec<u64> = places.of.keys().filter(|id| !seen.contains(id)).copied().collect();
            gone.into_iter().for_each(|id| self.clear(&mut places, id));
        }
        unrecorded
    }

    /// Leaves everything as it is from now on.
    pub fn seal(&self) {
        self.places.lock().sealed = true;
    }

    fn put(&self, places: &mut Places, id: u64, thread: u32, record: Record<'_>) -> bool {
        if places.sealed {
            return places.of.contains_key(&id);
        }
        let (place, new) = match (places.of.get(&id), places.free.last()) {
            (Some(place), _) => (*place, false),
            (None, Some(free)) => (*free, true),
            (None, None) => return false,
        };
        let start = place * OUTSIDE_WORDS;
        for word in 0..RECORD_WORDS {
            let value = record.word(word);
            let at = start + OUTSIDE_RECORD / 4 + word;
            // What is not written does not have to go to the disk.
            if self.memory.word(at) != value {
                self.memory.set_word(at, value);
            }
        }
        if new {
            places.free.pop();
            places.of.insert(id, place);
            self.memory.set_word(start + 2, thread);
            self.memory.set_word(start + 1, (id >> 32) as u32);
            // Last: it says that the rest is there. It is never 0, because the first record of a page is not a context.
            self.memory.set_word(start, id as u32);
        }
        true
    }

    fn clear(&self, places: &mut Places, id: u64) {
        if let Some(place) = places.of.remove(&id) {
            self.memory.set_word(place * OUTSIDE_WORDS, 0);
            places.free.push(place);
        }
    }
}
