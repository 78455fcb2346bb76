//! The files of flight recordings: each recording makes its own, and removes ended ones beyond those that are kept.
//!
//! A process locks the file that it records into. The system drops the lock with the process, however that ends, so the lock
//! distinguishes a live recording from an ended one. No file that was there is written, no link is followed, and nothing is removed
//! but recordings of this user that have ended.

mod directory;
#[cfg(all(test, not(miri)))]
mod tests;

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::{Errno, retry_on_intr};

use self::directory::Directory;
use super::names;
use crate::error::{Error, Result};

/// Names that are tried. One is taken if a process of another container has the same id and starts in the same millisecond.
const ATTEMPTS: u64 = 100;

/// A new file. It is removed again unless it is kept.
pub struct NewFile {
    directory: Directory,
    name: String,
    started_ms: u64,
    // None once it is kept.
    file: Option<File>,
}

impl NewFile {
    /// Makes a file of `bytes` zeros that has all its blocks, locked, for this user only. The directory is made if it is
    /// missing.
    ///
    /// # Errors
    /// `RecordFile`, as when the disk is full.
    pub fn create(directory: &Path, now_ms: u64, bytes: usize) -> Result<Self> {
        let refused = |error: io::Error| Error::RecordFile {
            directory: directory.display().to_string(),
            reason: describe(&error),
        };
        let new = Self::named(directory, now_ms).map_err(refused)?;
        reserve(new.file(), bytes).map_err(refused)?;
        Ok(new)
    }

    fn named(directory: &Path, now_ms: u64) -> io::Result<Self> {
        let directory = Directory::open(directory)?;
        for started_ms in now_ms..now_ms + ATTEMPTS {
            let name = names::name(started_ms, std::process::id());
            if let Some(file) = directory.create(&name)? {
                return Ok(Self { directory, name, started_ms, file: Some(file) });
            }
        }
        Err(io::Error::other("every file name that was tried is in use"))
    }

    /// The file.
    pub fn file(&self) -> &File {
        self.file.as_ref().expect("taken only by `keep`")
    }

    /// Its path.
    pub fn path(&self) -> PathBuf {
        self.directory.path_of(&self.name)
    }

    /// When it started by its name, ms since 1970.
    pub fn started_ms(&self) -> u64 {
        self.started_ms
    }

    /// Keeps the file, and removes ended recordings from the directory, all but the newest `ended`. The file stays locked as
    /// long as the result lives.
    pub fn keep(mut self, ended: usize) -> File {
        self.directory.prune(ended);
        self.file.take().expect("taken only here")
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            // If it stays, the next recording removes it.
            let _ = self.directory.remove(&self.name);
        }
    }
}

fn describe(error: &io::Error) -> String {
    let way_out = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space, or use a smaller maxBytes",
        _ => "pass a directory that this user can write to",
    };
    format!("{error}; {way_out}")
}

/// Without its blocks the file would have to get them when a page is first written, and a disk that is full by then would
/// end the process.
fn reserve(file: &File, bytes: usize) -> io::Result<()> {
    match retry_on_intr(|| fallocate(file, FallocateFlags::empty(), 0, bytes as u64)) {
        Ok(()) => {}
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            let zeros = vec![0; 1 << 16];
            let mut writer = file;
            let mut left = bytes;
            while left > 0 {
                let part = left.min(zeros.len());
                writer.write_all(&zeros[..part])?;
                left -= part;
            }
        }
        Err(error) => return Err(error.into()),
    }
    file.set_len(bytes as u64)
}
