//! A file whose bytes are memory of this process, and stay in the file when the process is gone.

use std::fs::File;
use std::io;

use memmap2::{MmapOptions, MmapRaw};

use super::Line;

/// A file mapped for reading and writing. It stays mapped as long as this lives, whatever becomes of the file's name.
///
/// The file must not be made shorter meanwhile: to touch what is no longer there ends the process.
pub struct Mapping {
    map: MmapRaw,
}

impl Mapping {
    /// Maps the first `bytes` of a file, rounded down to cache lines. The file must be at least that long.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(file: &File, bytes: usize) -> io::Result<Self> {
        Ok(Self { map: MmapOptions::new().len(bytes).map_raw(file)? })
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
