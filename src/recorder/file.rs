//! The files of flights: made whole before they get their name, locked by their process, and moved on by the next one.
//!
//! Nothing that is not a flight of this user's is touched, and no link is followed. The lock tells a live process's flight
//! from one that is over: the system drops it with the process, however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::format::{HEADER, MAGIC};
use super::read;
use crate::error::{Error, Result};

/// Whoever reads a flight locks it for a moment, to see whether its process lives.
const LOCK_ATTEMPTS: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

fn refused(path: &Path, reason: impl ToString) -> Error {
    Error::RecordFile { path: path.display().to_string(), reason: reason.to_string() }
}

/// The name of an older flight: `FILE.1` is the one before `FILE`.
pub fn older(path: &Path, age: usize) -> PathBuf {
    if age == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    name.into()
}

/// A new file without its name, which it loses again unless it is published.
pub struct NewFile {
    file: Option<File>,
    temporary: PathBuf,
}

impl NewFile {
    /// Makes a file of `bytes` zeros that has all its blocks, locked, for this user only, beside `path`.
    ///
    /// # Errors
    /// `RecordFile`, as when the disk is full.
    pub fn create(path: &Path, bytes: usize) -> Result<Self> {
        let failed = |error: io::Error| refused(path, describe(&error));
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(format!(".new-{}", std::process::id()));
        let temporary = PathBuf::from(temporary);
        // `create_new` neither follows a link nor takes a file that is there.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)
            .map_err(failed)?;
        let new = Self { file: Some(file), temporary };
        let file = new.file();
        reserve(file, bytes).map_err(failed)?;
        file.try_lock().map_err(|error| refused(path, format!("it cannot be locked: {error}")))?;
        Ok(new)
    }

    /// The file.
    pub fn file(&self) -> &File {
        self.file.as_ref().expect("taken only by `publish`")
    }

    /// Gives the file its name, if nothing has that name by now. The file stays locked as long as the result lives.
    ///
    /// # Errors
    /// `RecordHeld` if another process was quicker; `RecordFile`.
    pub fn publish(mut self, path: &Path) -> Result<File> {
        match fs::hard_link(&self.temporary, path) {
            Ok(()) => Ok(self.file.take().expect("taken only here")),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(Error::RecordHeld { path: path.display().to_string(), pid: None })
            }
            Err(error) => Err(refused(path, describe(&error))),
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // It has its other name by now, or is to go; if it stays, it is in nobody's way.
        let _ = fs::remove_file(&self.temporary);
    }
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
    match fallocate(file, FallocateFlags::empty(), 0, bytes as u64) {
        Ok(()) => {}
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            let zeros = vec![0; 1 << 16];
            let mut writer = file;
            let mut left = bytes;
            while left > 0 {
                left -= writer.write(&zeros[..left.min(zeros.len())])?;
            }
        }
        Err(error) => return Err(error.into()),
    }
    file.set_len(bytes as u64)
}

/// The flights that are there, each proved to be one that is over, and kept so.
pub struct OldFlights {
    path: PathBuf,
    keep: usize,
    _locked: Vec<File>,
}

impl OldFlights {
    /// Locks the flights of a path, `FILE` to `FILE.(keep-1)`.
    ///
    /// # Errors
    /// `RecordFile` if one of the names is taken by something else; `RecordHeld` if a process still records into one.
    pub fn lock(path: &Path, keep: usize) -> Result<Self> {
        let mut locked = Vec::new();
        for age in 0..keep {
            locked.extend(lock_old(&older(path, age))?);
        }
        Ok(Self { path: path.to_owned(), keep, _locked: locked })
    }

    /// Moves each to the next older name, and so removes the oldest, if all names are taken.
    ///
    /// # Errors
    /// `RecordFile`.
    pub fn rotate(&self) -> Result<()> {
        let failed =
            |error: io::Error| refused(&self.path, format!("older flights cannot be moved: {error}"));
        if self.keep == 1 {
            return remove(&self.path).map_err(failed);
        }
        // A name that is free ends the row that has to move.
        let taken = (0..self.keep).take_while(|age| older(&self.path, *age).exists()).count();
        for age in (0..taken.min(self.keep - 1)).rev() {
            fs::rename(older(&self.path, age), older(&self.path, age + 1)).map_err(failed)?;
        }
        Ok(())
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Locks one flight, if there is one of that name.
fn lock_old(path: &Path) -> Result<Option<File>> {
    let in_the_way = |what: &str| {
        refused(path, format!("{what}, which onescope leaves alone; move it away, or choose another path"))
    };
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| refused(path, error))?,
    };
    if metadata.is_symlink() {
        return Err(in_the_way("it is a symbolic link"));
    }
    if !metadata.is_file() {
        return Err(in_the_way("it is no regular file"));
    }
    // It may be another file by now, even one whose opening would wait for somebody.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(|error| in_the_way(&format!("a file is there that cannot be opened ({error})")))?;
    let opened = file.metadata().map_err(|error| refused(path, error))?;
    if !opened.is_file() || opened.uid() != geteuid().as_raw() {
        return Err(in_the_way("it is another user's file"));
    }
    let mut start = [0; HEADER.end];
    let length = read_start(&mut file, &mut start).map_err(|error| refused(path, error))?;
    if !start[..length].starts_with(&MAGIC) {
        return Err(in_the_way("it is a file that is no flight"));
    }
    for _ in 0..LOCK_ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => {
                return Err(refused(path, format!("it cannot be locked: {error}")));
            }
        }
    }
    let pid = read::pid(&start[..length]);
    Err(Error::RecordHeld { path: path.display().to_string(), pid })
}

fn read_start(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}
