//! Memory that JavaScript maps and writes while Rust reads it. It is ordinary memory, or a part of a mapped file.
//!
//! JavaScript loads and stores elements of a `Uint8Array` and an `Int32Array`, plainly. Rust uses relaxed atomics and only
//! ever of 4 bytes, from which it takes single bytes, so that Rust itself never mixes access sizes.
//!
//! # What is assumed
//!
//! No specification covers the two together:
//!
//! - Rust: a plain access that races with an atomic write, and atomic accesses that race and overlap in part, are undefined
//!   (`std::sync::atomic`, "Memory model for atomic accesses"). Rust knows nothing of the accesses that another language makes.
//! - JavaScript: an ArrayBuffer that is not a SharedArrayBuffer is accessed by one agent only (ECMA-262, "Memory Model").
//!
//! So this is assumed, not proven. It rests on what the machine executes, as does memory that two processes share:
//!
//! 1. **V8** compiles the store of an element to one machine store of the element's size, and makes up none. ECMA-262 demands
//!    that of shared memory ("Memory Model": integers of at most 4 bytes do not tear, and "writes must be stable"), and V8
//!    compiles the accesses to both kinds of buffers alike (`EffectControlLinearizer::LowerStoreTypedElement`,
//!    `CodeStubAssembler::StoreElement`). It may repeat, delay and reorder them: JavaScript never waits for a word to change,
//!    and Rust expects no order. Nothing is assumed of methods that write many elements, as `set`, `fill` and `encodeInto`:
//!    no memory of this module is passed to them.
//! 2. **The machine** executes an aligned load or store of 1 and of 4 bytes as a whole, also where the two overlap, and its
//!    compare-and-swap of a word loses no store to a byte of it. x86-64 says so (Intel SDM, volume 3A, "Guaranteed Atomic
//!    Operations" and "Bus Locking"), and AArch64 (Arm ARM, "Single-copy atomicity" and "Load-Exclusive and Store-Exclusive").
//! 3. **Rust** compiles a relaxed atomic to such an access (LLVM, "Atomic Instructions and Concurrency Guide", "Monotonic"), and
//!    must expect another value at each: the address has left to a foreign function, behind which anything may write atomically.
//!
//! There is no ordering between two words: a reader can see a later store and miss an earlier one, and every reader of this
//! crate is written for that.
//!
//! `Memory::byte`, and JavaScript, see the bytes of a word in the order of the machine. Two words make one 64-bit number, the low
//! one first, on every machine.

#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    target_has_atomic = "32",
    target_has_atomic = "64"
)))]
compile_error!(
    "what onescope assumes of memory that JavaScript and Rust share (src/memory/mod.rs) was checked for little-endian x86-64 \
     and AArch64 with 64-bit pointers and lock-free atomics of 32 and 64 bits only; use the JavaScript backend here"
);

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod exit;
#[cfg(any(feature = "binding", test))]
mod hold;
mod mapping;
mod part;
#[cfg_attr(any(not(target_os = "linux"), miri), path = "no_signals.rs")]
mod signals;
mod system;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use exit::on_process_exit;
#[cfg(feature = "binding")]
pub use hold::Hold;
pub use mapping::Mapping;
pub use part::{Part, Pool};
pub use signals::Notes;

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::error::{Error, Result};

/// Words per cache line; also the alignment of every block.
const LINE_WORDS: usize = 16;

#[repr(C, align(64))]
struct Line([AtomicU32; LINE_WORDS]);

enum Lines {
    // Never pushed to after creation: JavaScript holds the address.
    Own(Vec<Line>),
    Mapped(Part),
}

/// A block of whole cache lines with a stable address, zeroed at first.
pub struct Memory {
    lines: Lines,
}

impl Memory {
    /// Allocates `bytes`, rounded up to cache lines of 64 bytes.
    ///
    /// # Errors
    /// `PageMemory` if the allocator refuses; the process continues.
    pub fn zeroed(bytes: usize) -> Result<Self> {
        let count = bytes.div_ceil(size_of::<Line>());
        let mut lines = Vec::new();
        lines
            .try_reserve_exact(count)
            .map_err(|error| Error::PageMemory { bytes, reason: error.to_string() })?;
        lines.resize_with(count, || Line([const { AtomicU32::new(0) }; LINE_WORDS]));
        Ok(Self { lines: Lines::Own(lines) })
    }

    fn of_part(part: Part) -> Self {
        Self { lines: Lines::Mapped(part) }
    }

    fn lines(&self) -> &[Line] {
        match &self.lines {
            Lines::Own(lines) => lines,
            Lines::Mapped(part) => part.lines(),
        }
    }

    fn at(&self, word: usize) -> &AtomicU32 {
        &self.lines()[word / LINE_WORDS].0[word % LINE_WORDS]
    }

    /// Reads a word; `index` counts 4-byte words and must be inside the block.
    pub fn word(&self, index: usize) -> u32 {
        self.at(index).load(Relaxed)
    }

    /// Writes a word; `index` counts 4-byte words and must be inside the block.
    pub fn set_word(&self, index: usize, value: u32) {
        self.at(index).store(value, Relaxed);
    }

    /// Reads a byte; `offset` counts bytes from the start, in the order in which a `Uint8Array` shows them.
    pub fn byte(&self, offset: usize) -> u8 {
        self.word(offset / 4).to_ne_bytes()[offset % 4]
    }

    /// Writes a byte and leaves its three neighbours alone, also if another thread writes those meanwhile.
    pub fn set_byte(&self, offset: usize, value: u8) {
        let word = self.at(offset / 4);
        let mut current = word.load(Relaxed);
        loop {
            let mut bytes = current.to_ne_bytes();
            bytes[offset % 4] = value;
            match word.compare_exchange_weak(current, u32::from_ne_bytes(bytes), Relaxed, Relaxed) {
                Ok(_) => return,
                Err(seen) => current = seen,
            }
        }
    }

    /// Size in bytes.
    pub fn len(&self) -> usize {
        size_of_val(self.lines())
    }

    /// True for a block of no bytes.
    pub fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    /// The address, valid while `self` lives. JavaScript may write through it, as the module says; Rust must not.
    pub fn address(&self) -> *mut u8 {
        self.lines().as_ptr().cast_mut().cast()
    }
}

impl AsRef<Memory> for Memory {
    fn as_ref(&self) -> &Memory {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_zeroed_aligned_and_whole() {
        let memory = Memory::zeroed(100).unwrap();
        assert_eq!(memory.len(), 128);
        assert!(!memory.is_empty());
        assert_eq!(memory.address() as usize % 64, 0);
        assert!((0..32).all(|word| memory.word(word) == 0));
    }

    #[test]
    fn bytes_are_parts_of_words_in_memory_order() {
        let memory = Memory::zeroed(64).unwrap();
        memory.set_word(1, u32::from_ne_bytes([1, 2, 3, 4]));
        memory.set_byte(6, 9);
        assert_eq!([4, 5, 6, 7].map(|offset| memory.byte(offset)), [1, 2, 9, 4]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_published_value_lives_while_it_is_read() {
        use std::sync::Arc;
        static PUBLISHED: system::Published<Memory> = system::Published::none();
        let memory = |word| {
            let memory = Memory::zeroed(64).unwrap();
            memory.set_word(0, word);
            Arc::new(memory)
        };
        let first = memory(1);
        assert!(PUBLISHED.add(&first) && !PUBLISHED.add(&first));
        let last = memory(20);
        let read = || PUBLISHED.read(|memory| memory.word(0));
        let found = std::thread::scope(|scope| {
            let readers = [(); 2].map(|()| scope.spawn(|| std::iter::from_fn(read).all(|word| word != 0)));
            (2..20).for_each(|word| PUBLISHED.replace(memory(word)));
            PUBLISHED.replace(Arc::clone(&last));
            PUBLISHED.remove(&first);
            let found = read();
            PUBLISHED.remove(&last);
            assert!(readers.into_iter().all(|reader| reader.join().unwrap()));
            found
        });
        assert_eq!((found, read()), (Some(20), None));
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&last)), (1, 1));
    }

    #[test]
    fn an_impossible_size_is_an_error() {
        assert_eq!(Memory::zeroed(usize::MAX / 2).err().unwrap().code(), "ERR_ONESCOPE_PAGE_MEMORY");
    }

    #[test]
    fn neighbouring_bytes_survive_concurrent_writers() {
        let memory = Memory::zeroed(64).unwrap();
        std::thread::scope(|scope| {
            for byte in 0..4 {
                let memory = &memory;
                scope.spawn(move || (0..=255).for_each(|value| memory.set_byte(byte, value)));
            }
        });
        assert_eq!([0, 1, 2, 3].map(|offset| memory.byte(offset)), [255; 4]);
    }
}
