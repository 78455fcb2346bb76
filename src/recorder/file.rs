//! The files of flights: made whole before they get their name, locked by their process, and moved on by the next one.
//!
//! Nothing that is not a flight of this user's is touched, and no link is followed. The lock on a flight tells a live
//! process's from one that is over: the system drops it with the process, however that ends. Whoever locks a flight may move it; no name is taken that something has.
//! Nothing else is locked: a folder's lock is anybody's who can read it.

mod folder;
mod rotation;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::{Errno, retry_on_intr};

use self::folder::Folder;
use self::rotation::OldFlights;
use crate::error::{Error, Result};

/// Whoever reads a flight locks it for a moment, to see whether its process lives.
const LOCK_ATTEMPTS: u32 = 100;

fn refused(path: &Path, reason: impl ToString) -> Error {
    Error::RecordFile { path: path.display().to_string(), reason: reason.to_string() }
}

/// A new file that does not have its name yet. It is removed again unless it is published.
pub struct NewFile {
    path: PathBuf,
    keep: usize,
    folder: Folder,
    temporary: OsString,
    // None once it is published.
    file: Option<File>,
}

impl NewFile {
    /// Makes a file of `bytes` zeros that has all its blocks, locked, for this user only, beside `path`. No flight is moved.
    ///
    /// # Errors
    /// `RecordFile`, as when the disk is full; `RecordTaken` if something else has one of the names that `keep` flights need;
    /// `RecordHeld` if a process still records into one.
    pub fn create(path: &Path, keep: usize, bytes: usize) -> Result<Self> {
        let failed = |error: io::Error| refused(path, describe(&error));
        let folder = Folder::of(path)?;
        // Before any room is taken.
        while_held(|| OldFlights::lock(&folder, keep).map(drop))?;
        let (temporary, file) = make(&folder).map_err(failed)?;
        let new = Self { path: path.to_owned(), keep, folder, temporary, file: Some(file) };
        reserve(new.file(), bytes).map_err(failed)?;
        Ok(new)
    }

    /// The file.
    pub fn file(&self) -> &File {
        self.file.as_ref().expect("taken only by `publish`")
    }

    /// Moves older flights on and gives the file its name. The file stays locked as long as the result lives.
    ///
    /// # Errors
    /// `RecordHeld` if another process was quicker; `RecordTaken`; `RecordFile`. Older flights have their names as before then.
    pub fn publish(mut self) -> Result<File> {
        while_held(|| {
            let old = OldFlights::lock(&self.folder, self.keep)?;
            let quicker = || Error::RecordHeld { path: self.path.display().to_string(), pid: None };
            let moved = old.move_on().map_err(|error| match error.kind() {
                // Another process has put one there meanwhile; what it is turns out when this is tried again.
                ErrorKind::AlreadyExists => quicker(),
                _ => refused(&self.path, format!("older flights cannot be moved: {}", describe(&error))),
            })?;
            match self.folder.rename(&self.temporary, self.folder.name()) {
                Ok(()) => moved.finish(),
                // Another process was quicker where there was no older flight.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    moved.undo();
                    return Err(quicker());
                }
                Err(error) => {
                    moved.undo();
                    return Err(refused(&self.path, describe(&error)));
                }
            }
            Ok(())
        })?;
        Ok(self.file.take().expect("taken only here"))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            // If it stays, the next recording removes it.
            let _ = self.folder.remove(&self.temporary);
        }
    }
}

/// Makes a locked file with a name of its own.
fn make(folder: &Folder) -> io::Result<(OsString, File)> {
    for _ in 0..LOCK_ATTEMPTS {
        let temporary = folder.spare()?;
        if let Some(file) = folder.create(&temporary)? {
            return Ok((temporary, file));
        }
    }
    Err(io::Error::other("other processes remove it while it is made"))
}

/// Tries again where a flight is locked, without sleeping: a JavaScript thread calls.
fn while_held<T>(attempt: impl Fn() -> Result<T>) -> Result<T> {
    for _ in 1..LOCK_ATTEMPTS {
        match attempt() {
            Err(Error::RecordHeld { .. }) => std::thread::yield_now(),
            other => return other,
        }
    }
    attempt()
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "its folder does not exist; make it first".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("{error}; free some space, or record with a smaller maxBytes")
        }
        _ => error.to_string(),
    }
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
