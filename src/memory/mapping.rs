//! A file whose bytes are memory of this process, and stay in the file when the process is gone.

use std::fs::File;
use std::io;

use super::Line;
use super::signals::LossHandler;
use super::system::Region;

/// A file mapped for reading and writing. It stays mapped as long as this lives, whatever becomes of the file's name.
///
/// What the file loses meanwhile, because another program shortens it, becomes ordinary memory of zeros when it is touched
/// (Linux; elsewhere that ends the process).
pub struct Mapping {
    region: Region,
    // After the region, whose loss it handles.
    _handler: LossHandler,
}

impl Mapping {
    /// Maps the first `bytes` of a file, rounded down to cache lines. The file must be at least that long.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(file: &File, bytes: usize) -> io::Result<Self> {
        let handler = LossHandler::install().ok_or_else(|| io::Error::other("SIGBUS cannot be handled"))?;
        Ok(Self { region: Region::new(file, bytes)?, _handler: handler })
    }

    /// True once a part of it is not the file's any more.
    pub fn is_lost(&self) -> bool {
        self.region.is_lost()
    }

    pub(super) fn lines(&self) -> &[Line] {
        self.region.lines()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::memory::Part;

    #[test]
    #[cfg_attr(any(not(target_os = "linux"), miri), ignore = "nothing handles SIGBUS")]
    fn a_file_that_is_shortened_leaves_memory() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(1 << 20).unwrap();
        let mapping = Arc::new(Mapping::new(&file, 1 << 20).unwrap());
        let last = Part::fixed(&mapping, (1 << 20) - 64..1 << 20);
        let first = Part::fixed(&mapping, 0..64);
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
