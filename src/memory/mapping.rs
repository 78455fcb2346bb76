//! A file whose bytes are memory of this process, and stay in the file when the process is gone.

use std::fs::File;
use std::io;

use memmap2::{MmapOptions, MmapRaw};

use super::Line;
use super::guard::Guard;

/// A file mapped for reading and writing. It stays mapped as long as this lives, whatever becomes of the file's name.
///
/// What the file loses meanwhile, because another program shortens it, becomes ordinary memory of zeros when it is touched
/// (Linux; elsewhere that ends the process).
pub struct Mapping {
    // Before the map, which it guards.
    guard: Guard,
    map: MmapRaw,
}

impl Mapping {
    /// Maps the first `bytes` of a file, rounded down to cache lines. The file must be at least that long.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(file: &File, bytes: usize) -> io::Result<Self> {
        let map = MmapOptions::new().len(bytes).map_raw(file)?;
        let guard = Guard::new(map.as_ptr() as usize, map.len());
        let guard = guard.ok_or_else(|| io::Error::other("its memory cannot be guarded against SIGBUS"))?;
        Ok(Self { guard, map })
    }

    /// True once a part of it is not the file's any more.
    pub fn is_lost(&self) -> bool {
        self.guard.is_lost()
    }

    /// The whole of it.
    #[allow(unsafe_code)]
    pub(super) fn lines(&self) -> &[Line] {
        let start = self.map.as_ptr().cast::<Line>();
        // SAFETY: a mapping starts at a page of the system and so at a multiple of 64, is valid for `len` bytes until `map`
        // is dropped, which the lifetime of the result does not outlast, and was filled with bytes by the system. `Line`
        // consists of atomics, for which any bytes are valid, and through which others (JavaScript, other processes) may
        // write while this reference lives.
        unsafe { std::slice::from_raw_parts(start, self.map.len() / size_of::<Line>()) }
    }
}
