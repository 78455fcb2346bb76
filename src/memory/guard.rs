//! Keeps the process alive when a mapped file loses bytes: another program shortened it, or the disk has no room for one.
//!
//! To touch such bytes raises SIGBUS. The handler puts ordinary memory in their place and the access continues; the mapping is
//! marked as lost. Every other SIGBUS goes to the action that was there before.

use std::sync::atomic::{
    AtomicBool, AtomicU64, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

use super::action;
use crate::sync::Mutex;

/// Mappings at a time. A process has one, and one more for each recording that was stopped while contexts lie in it.
const MAPPINGS: usize = 64;

/// Ordinary memory comes in at most this many pieces per mapping, because the system limits their number in a process.
const PIECES: usize = 1024;

/// Fewest bytes of a piece.
const PIECE_BYTES: usize = 1 << 16;

/// A mapping that is guarded; one that starts at 0 is free. The handler reads it, so it consists of atomics.
struct Entry {
    taken: AtomicBool,
    start: AtomicUsize,
    end: AtomicUsize,
    lost: AtomicBool,
    replaced: [AtomicU64; PIECES / 64],
}

static TABLE: [Entry; MAPPINGS] = [const {
    Entry {
        taken: AtomicBool::new(false),
        start: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        lost: AtomicBool::new(false),
        replaced: [const { AtomicU64::new(0) }; PIECES / 64],
    }
}; MAPPINGS];

static GUARDED: Mutex<usize> = Mutex::new(0);

/// Guards a mapping until it is dropped.
pub struct Guard(&'static Entry);

impl Guard {
    /// Guards `bytes` from an address on. None if there are too many mappings, or the system refuses the handler.
    pub fn new(start: usize, bytes: usize) -> Option<Self> {
        let mut guarded = GUARDED.lock();
        let free = |entry: &&Entry| !entry.taken.swap(true, AcqRel);
        let entry = TABLE.iter().find(free)?;
        entry.lost.store(false, Relaxed);
        entry.replaced.iter().for_each(|bits| bits.store(0, Relaxed));
        entry.end.store(start + bytes, Relaxed);
        entry.start.store(start, Release);
        let guard = Self(entry);
        if *guarded == 0 && !action::install(libc::SIGBUS) {
            guard.release();
            std::mem::forget(guard);
            return None;
        }
        *guarded += 1;
        Some(guard)
    }

    /// True once a part of the mapping has lost its file.
    pub fn is_lost(&self) -> bool {
        self.0.lost.load(Relaxed)
    }

    fn release(&self) {
        self.0.start.store(0, Release);
        self.0.taken.store(false, Release);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut guarded = GUARDED.lock();
        self.release();
        *guarded -= 1;
        if *guarded == 0 {
            action::remove(libc::SIGBUS);
        }
    }
}

/// Replaces what a mapping has lost at an address. False if the address is in none of them, or the system has no memory: then
/// the fault is not ours. Async-signal-safe.
#[allow(unsafe_code)]
pub(super) fn replace(address: usize) -> bool {
    for entry in &TABLE {
        let start = entry.start.load(Acquire);
        let end = entry.end.load(Relaxed);
        if start == 0 || address < start || address >= end {
            continue;
        }
        let piece = (end - start).div_ceil(PIECES).next_multiple_of(PIECE_BYTES);
        let index = (address - start) / piece;
        entry.lost.store(true, Relaxed);
        let bit = 1 << (index % 64);
        if entry.replaced[index / 64].fetch_or(bit, AcqRel) & bit != 0 {
            // Another thread is at it, or has just done it: the access is tried again.
            return true;
        }
        let from = start + index * piece;
        let bytes = piece.min(end.next_multiple_of(4096) - from);
        // SAFETY: the range lies in a mapping of this crate's, which lives: the access that faulted is made through it. Its
        // owner unmaps the whole range by address, so it does not matter what lies behind. The bytes are atomics, valid for
        // any value; those that are still the file's become zeros like those that are not, which every reader expects.
        let mapped = unsafe {
            libc::mmap(
                from as *mut libc::c_void,
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                -1,
                0,
            )
        };
        return mapped != libc::MAP_FAILED;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::Mapping;
    use std::sync::Arc;

    #[test]
    fn a_file_that_is_shortened_leaves_memory() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(1 << 20).unwrap();
        let mapping = Arc::new(Mapping::new(&file, 1 << 20).unwrap());
        let last = super::super::Part::fixed(&mapping, (1 << 20) - 64..1 << 20);
        let first = super::super::Part::fixed(&mapping, 0..64);
        last.set_word(0, 7);
        first.set_word(0, 7);
        assert!(!mapping.is_lost());
        file.set_len(4096).unwrap();
        std::thread::scope(|scope| {
            for word in 0..8 {
                let last = &last;
                scope.spawn(move || last.set_word(word, 5));
            }
        });
        assert!(mapping.is_lost());
        assert_eq!((first.word(0), last.word(0), last.word(7), last.word(8)), (7, 5, 5, 0));
        file.set_len(0).unwrap();
        first.set_word(0, 9);
        assert_eq!((first.word(0), last.word(7)), (9, 5));
    }
}
