//! The JavaScript threads that use the store, and the background thread that keeps their clocks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Builder};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::limits::{CLOCK_TICK_MS, THREAD_BLOCK_BYTES};
use crate::memory::Memory;
use crate::store::clock::Clock;
use crate::sync::Mutex;

/// Word indexes within a thread block. JavaScript writes them, unless noted.
pub mod block {
    /// The coarse clock, in ms. Rust writes it.
    pub const CLOCK: usize = 0;
    /// What the clock showed when the thread's event loop last turned; 0 while the thread writes no heartbeats.
    pub const HEARTBEAT: usize = 1;
    /// Id of the context that the thread entered last, low half.
    pub const SEEN_LOW: usize = 2;
    /// Id of the context that the thread entered last, high half.
    pub const SEEN_HIGH: usize = 3;
    /// Code of the blocking call that the thread is in, from 1; 0 for none.
    pub const CALL: usize = 4;
    /// Id of the context in which that call began, low half; 0 in both halves for none.
    pub const CALL_LOW: usize = 5;
    /// Id of the context in which that call began, high half.
    pub const CALL_HIGH: usize = 6;
    /// What the clock showed when that call began.
    pub const CALL_STARTED: usize = 7;
    /// The inspector port that is open in the thread, which is the main one; 0 for none.
    pub const INSPECTOR_PORT: usize = 8;
    /// Id of the thread plus 1, so that a block without a thread has 0. Rust writes it.
    pub const OWNER: usize = 9;
}

/// An attached thread.
#[derive(Clone)]
pub struct Thread {
    /// From 0, the first one that attached (the main thread), upward; never reused.
    pub id: u32,
    /// The 64 bytes that JavaScript maps: see [`block`].
    pub block: Arc<Memory>,
    /// Where the block's memory is from: 0 for ordinary memory, else a number that its maker chose.
    pub block_source: u32,
}

#[derive(Default)]
struct Attached {
    threads: Vec<Thread>,
    next_id: u32,
    // The thread that keeps the clocks; it parks while no thread is attached.
    clock_thread: Option<thread::Thread>,
}

#[derive(Default)]
struct Shared {
    // Started by the first reading.
    clock: OnceLock<Clock>,
    attached: Mutex<Attached>,
}

impl Shared {
    fn clock(&self) -> Clock {
        *self.clock.get_or_init(Clock::start)
    }

    /// Writes the time to every block.
    fn tick(&self) {
        let attached = self.attached.lock();
        let now = self.clock().now_ms();
        for thread in &attached.threads {
            thread.block.set_word(block::CLOCK, now);
        }
    }
}

/// The attached threads of the process.
#[derive(Default)]
pub struct ThreadTable {
    shared: Arc<Shared>,
}

impl ThreadTable {
    /// Adds a thread with an ordinary block; see [`ThreadTable::attach_with`].
    ///
    /// # Errors
    /// `PageMemory` if there is no memory for the block, and those of [`ThreadTable::attach_with`].
    pub fn attach(&self) -> Result<Thread> {
        self.attach_with(Memory::zeroed(THREAD_BLOCK_BYTES)?, 0)
    }

    /// Adds a thread; its block shows the current time at once. The first call starts the clock thread. `block` is all
    /// zeros; [`Thread::block_source`] says what `source` means.
    ///
    /// # Errors
    /// `Clock` if the clock thread cannot start; no thread is added then.
    pub fn attach_with(&self, block: Memory, source: u32) -> Result<Thread> {
        let block = Arc::new(block);
        let mut attached = self.shared.attached.lock();
        if attached.clock_thread.is_none() {
            attached.clock_thread = Some(start_clock(Arc::clone(&self.shared))?);
        }
        block.set_word(block::CLOCK, self.shared.clock().now_ms());
        let thread = Thread { id: attached.next_id, block, block_source: source };
        thread.block.set_word(block::OWNER, thread.id + 1);
        attached.next_id += 1;
        attached.threads.push(thread.clone());
        attached.clock_thread.as_ref().inspect(|clock_thread| clock_thread.unpark());
        Ok(thread)
    }

    /// Removes a thread; its block stops at the last time written. False if it was not attached.
    pub fn detach(&self, id: u32) -> bool {
        let mut attached = self.shared.attached.lock();
        let before = attached.threads.len();
        attached.threads.retain(|thread| thread.id != id);
        attached.threads.len() < before
    }

    /// Gives a thread another block with the same words from that source; false if it is not attached.
    /// Only that thread itself may call this: it writes into its block.
    pub fn replace_block(&self, id: u32, block: &Arc<Memory>, source: u32) -> bool {
        let mut attached = self.shared.attached.lock();
        let Some(thread) = attached.threads.iter_mut().find(|thread| thread.id == id) else { return false };
        // The owner last: then all the others are there.
        let words = (0..THREAD_BLOCK_BYTES / 4).filter(|word| *word != block::OWNER).chain([block::OWNER]);
        for word in words {
            block.set_word(word, thread.block.word(word));
        }
        thread.block = Arc::clone(block);
        thread.block_source = source;
        true
    }

    /// The attached threads, in order of id.
    pub fn all(&self) -> Vec<Thread> {
        self.shared.attached.lock().threads.clone()
    }

    /// Ids of the attached threads, ascending.
    pub fn list(&self) -> Vec<u32> {
        self.shared.attached.lock().threads.iter().map(|thread| thread.id).collect()
    }

    /// The clock whose readings the blocks show.
    pub fn clock(&self) -> Clock {
        self.shared.clock()
    }

    /// Has the clock start at `base`, so that tests see it wrap; false if it was read before.
    pub fn start_clock_at(&self, base: u32) -> bool {
        self.shared.clock.set(Clock::start_at(base)).is_ok()
    }

    /// Writes the time to every block now, for a reader that needs it while a busy machine keeps the clock thread from
    /// running.
    pub fn refresh_clocks(&self) {
        self.shared.tick();
    }
}

/// Starts the thread that ticks for the rest of the process.
fn start_clock(shared: Arc<Shared>) -> Result<thread::Thread> {
    let run = move || {
        loop {
            while shared.attached.lock().threads.is_empty() {
                thread::park();
            }
            // A panic ends nothing but this tick; the panic hook has reported it.
            let _ = catch_unwind(AssertUnwindSafe(|| shared.tick()));
            thread::sleep(Duration::from_millis(CLOCK_TICK_MS));
        }
    };
    let handle = Builder::new().name("onescope-clock".to_owned()).spawn(run);
    let handle = handle.map_err(|error| Error::Clock { reason: error.to_string() })?;
    Ok(handle.thread().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;
    use std::time::Instant;

    fn eventually(what: &str, mut test: impl FnMut() -> bool) {
        let start = Instant::now();
        while !test() {
            assert!(start.elapsed() < Duration::from_secs(10), "never: {what}");
            sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn ids_count_up_and_are_not_reused() {
        let table = ThreadTable::default();
        let ids: Vec<u32> = (0..3).map(|_| table.attach().unwrap().id).collect();
        assert_eq!(ids, [0, 1, 2]);
        assert!(table.detach(1));
        assert!(!table.detach(1));
        assert_eq!(table.attach().unwrap().id, 3);
        assert_eq!(table.list(), [0, 2, 3]);
    }

    #[test]
    fn a_replaced_block_says_the_same_and_ticks_on() {
        let table = ThreadTable::default();
        table.attach().unwrap();
        let thread = table.attach().unwrap();
        thread.block.set_word(block::SEEN_LOW, 300);
        assert_eq!(thread.block.word(block::OWNER), thread.id + 1);
        let other = Arc::new(Memory::zeroed(THREAD_BLOCK_BYTES).unwrap());
        assert!(table.replace_block(thread.id, &other, 3));
        assert_eq!((other.word(block::SEEN_LOW), other.word(block::OWNER)), (300, thread.id + 1));
        assert_eq!((table.all()[1].block_source, table.all()[0].block_source), (3, 0));
        let first = other.word(block::CLOCK);
        eventually("the new block ticks", || other.word(block::CLOCK) > first);
        assert!(!table.replace_block(99, &other, 3));
    }

    #[test]
    fn blocks_tick_on_as_the_clock_wraps() {
        for base in [(1 << 31) - 5, u32::MAX - 4] {
            let table = ThreadTable::default();
            assert!(table.start_clock_at(base));
            let block = table.attach().unwrap().block;
            let first = block.word(block::CLOCK);
            eventually("the block ticks", || Clock::age_ms(first, block.word(block::CLOCK)) >= 20);
            assert_ne!(block.word(block::CLOCK), 0);
            assert!(!table.start_clock_at(1), "a clock that runs is not set");
        }
    }

    #[test]
    fn the_clock_stops_with_the_last_thread_and_goes_on_with_the_next() {
        let table = ThreadTable::default();
        let thread = table.attach().unwrap();
        table.detach(thread.id);
        let stopped = thread.block.word(block::CLOCK);
        let next = table.attach().unwrap().block;
        let first = next.word(block::CLOCK);
        assert!(first >= stopped);
        eventually("it ticks", || next.word(block::CLOCK) > first);
        assert_eq!(thread.block.word(block::CLOCK), stopped);
    }
}
