//! A page: the memory of 256 records, the first of which is the header.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::record::{Record, header};
use crate::error::Result;
use crate::limits::{ID_MAX, LAYOUT_VERSION, PAGE_BYTES, PAGE_MAGIC, PAGE_RECORDS, RECORD_WORDS};
use crate::memory::Memory;

/// A block of records. Readers hold it through an `Arc`, so its memory outlives the ArrayBuffer if they are slower.
pub struct Page {
    id: u64,
    thread: u32,
    memory: Memory,
    // One bit for each record that is in the latencies. Not in the memory, which JavaScript writes.
    counted: [AtomicU64; PAGE_RECORDS / 64],
}

impl Page {
    /// A page of free records with its header filled in; `id` counts from 1.
    ///
    /// # Errors
    /// `PageMemory` if the allocator refuses.
    pub fn new(id: u64, thread: u32) -> Result<Self> {
        Ok(Self::in_memory(Memory::zeroed(PAGE_BYTES)?, id, thread))
    }

    /// The same in given memory of `PAGE_BYTES`, all zeros.
    pub fn in_memory(memory: Memory, id: u64, thread: u32) -> Self {
        let first_id = id * PAGE_RECORDS as u64;
        memory.set_word(header::VERSION, LAYOUT_VERSION);
        memory.set_word(header::THREAD, thread);
        memory.set_word(header::ID_LOW, first_id as u32);
        memory.set_word(header::ID_HIGH, (first_id >> 32) as u32);
        memory.set_word(header::CURSOR, 1);
        memory.set_word(header::RECORD_COUNT, PAGE_RECORDS as u32);
        // Last: where the memory is a file's, another process may read it at any moment.
        memory.set_word(header::MAGIC, PAGE_MAGIC);
        Self { id, thread, memory, counted: Default::default() }
    }

    /// The page in memory of `PAGE_BYTES` that has a header already; none if the header is invalid.
    pub fn from_memory(memory: Memory) -> Option<Self> {
        let first_id = u64::from(memory.word(header::ID_HIGH)) << 32 | u64::from(memory.word(header::ID_LOW));
        let (id, cursor) = (first_id / PAGE_RECORDS as u64, memory.word(header::CURSOR) as usize);
        let is_header = memory.word(header::MAGIC) == PAGE_MAGIC
            && memory.word(header::VERSION) == LAYOUT_VERSION
            && memory.word(header::RECORD_COUNT) as usize == PAGE_RECORDS
            && first_id % PAGE_RECORDS as u64 == 0
            && (1..=ID_MAX / PAGE_RECORDS as u64).contains(&id)
            && (1..=PAGE_RECORDS).contains(&cursor);
        let thread = memory.word(header::THREAD);
        is_header.then(|| Self { id, thread, memory, counted: Default::default() })
    }

    /// The id, from 1, never reused.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Id of the thread that the page was made for.
    pub fn thread(&self) -> u32 {
        self.thread
    }

    /// Index of the next free record, 1 to 256.
    pub fn cursor(&self) -> usize {
        // JavaScript writes this word, so it is not trusted as an index.
        (self.memory.word(header::CURSOR) as usize).clamp(1, PAGE_RECORDS)
    }

    /// Whether it has records of what a request can wait for.
    pub fn has_nested(&self) -> bool {
        self.memory.word(header::NESTED) != 0
    }

    /// Moves the cursor, as JavaScript does when it allocates a record.
    pub fn set_cursor(&self, index: usize) {
        self.memory.set_word(header::CURSOR, index as u32);
    }

    /// The record of that index, 0 to 255, allocated or not.
    pub fn record(&self, index: usize) -> Record<'_> {
        Record::new(&self.memory, index * RECORD_WORDS)
    }

    /// Marks a record as counted; false if it was.
    pub fn count_once(&self, index: usize) -> bool {
        let (word, bit) = (&self.counted[index / 64], 1 << (index % 64));
        word.load(Relaxed) & bit == 0 && word.fetch_or(bit, Relaxed) & bit == 0
    }

    /// The allocated records with their indexes.
    pub fn records(&self) -> impl Iterator<Item = (usize, Record<'_>)> {
        (1..self.cursor()).map(|index| (index, self.record(index)))
    }
}

impl AsRef<Memory> for Page {
    /// The memory that JavaScript maps.
    fn as_ref(&self) -> &Memory {
        &self.memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_what_javascript_needs() {
        let page = Page::new(0x0200_0001, 9).unwrap();
        let words: Vec<u32> = (0..7).map(|index| page.record(0).word(index)).collect();
        assert_eq!(words, [0x4f4e_4553, LAYOUT_VERSION, 9, 0x100, 2, 1, 256]);
        assert_eq!(page.as_ref().len(), 32 * 1024);
    }

    #[test]
    fn a_record_is_taken_only_with_its_header() {
        let found = |change: &dyn Fn(&Memory)| {
            let page = Page::new(0x0200_0001, 9).unwrap();
            change(page.as_ref());
            Page::from_memory(page.memory).map(|page| (page.id(), page.thread(), page.cursor()))
        };
        assert_eq!(found(&|_| {}), Some((0x0200_0001, 9, 1)));
        assert!(Page::from_memory(Memory::zeroed(PAGE_BYTES).unwrap()).is_none());
        for (word, value) in [
            (header::MAGIC, 0),
            (header::VERSION, LAYOUT_VERSION + 1),
            (header::ID_LOW, 0x101),
            (header::ID_HIGH, u32::MAX),
            (header::CURSOR, 0),
            (header::CURSOR, PAGE_RECORDS as u32 + 1),
            (header::RECORD_COUNT, 255),
        ] {
            assert_eq!(found(&|memory| memory.set_word(word, value)), None, "{word}");
        }
    }

    #[test]
    fn a_wild_cursor_is_clamped() {
        let page = Page::new(1, 0).unwrap();
        page.set_cursor(0);
        assert_eq!((page.cursor(), page.records().count()), (1, 0));
        page.set_cursor(usize::MAX);
        assert_eq!((page.cursor(), page.records().count()), (256, 255));
    }
}
