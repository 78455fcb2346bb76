//! Flights of earlier processes, which make room for a new one.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};

use rustix::fs::FileType;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::folder::{Folder, own_start};
use super::refused;
use crate::error::{Error, Result};
use crate::recorder::format::MAGIC;
use crate::recorder::read;

/// The flights that are there, each proved to be one that is over, and kept so.
pub struct OldFlights<'a> {
    folder: &'a Folder,
    // By age.
    files: Vec<Option<File>>,
}

impl<'a> OldFlights<'a> {
    /// Locks the flights of a folder, `FILE` to `FILE.(keep-1)`.
    ///
    /// # Errors
    /// `RecordTaken` if something else has one of the names; `RecordFile`; `RecordHeld` if a process still records into one.
    pub fn lock(folder: &'a Folder, keep: usize) -> Result<Self> {
        let files = (0..keep).map(|age| lock_old(folder, age)).collect::<Result<_>>()?;
        Ok(Self { folder, files })
    }

    /// Moves each to the next older name, up to the first name that is free, and the oldest out of the way if none is.
    ///
    /// # Errors
    /// Those of the system. Every flight has its name as before then.
    pub fn move_on(&self) -> io::Result<Moved<'a>> {
        let mut moved = Moved { folder: self.folder, names: Vec::new(), oldest: None };
        let row: Vec<&File> = self.files.iter().map_while(Option::as_ref).collect();
        for (age, file) in row.into_iter().enumerate().rev() {
            if let Err(error) = self.move_one(age, file, &mut moved) {
                moved.undo();
                return Err(error);
            }
        }
        Ok(moved)
    }

    fn move_one(&self, age: usize, file: &File, moved: &mut Moved) -> io::Result<()> {
        let from = self.folder.older(age);
        let is_oldest = age + 1 == self.files.len();
        let to = if is_oldest { self.folder.spare()? } else { self.folder.older(age + 1) };
        if !self.folder.has(&from, file)? {
            return Err(io::Error::other("somebody else moves them"));
        }
        self.folder.rename(&from, &to)?;
        if is_oldest {
            moved.oldest = Some(to.clone());
        }
        moved.names.push((from, to));
        Ok(())
    }
}

/// Flights that were moved.
pub struct Moved<'a> {
    folder: &'a Folder,
    names: Vec<(OsString, OsString)>,
    oldest: Option<OsString>,
}

impl Moved<'_> {
    /// Gives them their names back.
    pub fn undo(self) {
        for (from, to) in self.names.iter().rev() {
            // What is in the way by now stays. The oldest, which has lost its place, would go with the next recording.
            let stays = self.folder.rename(to, from).is_err();
            if stays && self.oldest.as_ref() == Some(to) {
                let _ = self.folder.remove(to);
            }
        }
    }

    /// Removes the one that was moved out of the way.
    pub fn finish(self) {
        if let Some(oldest) = self.oldest {
            // If it stays, the next recording removes it.
            let _ = self.folder.remove(&oldest);
        }
    }
}

/// Locks one flight, if there is one of that age.
fn lock_old(folder: &Folder, age: usize) -> Result<Option<File>> {
    let name = folder.older(age);
    let path = folder.path_of(&name);
    let taken =
        |reason: &str| Error::RecordTaken { path: path.display().to_string(), reason: reason.to_owned() };
    let failed = |error: io::Error| refused(&path, error);
    let Some(found) = folder.look(&name).map_err(failed)? else { return Ok(None) };
    match FileType::from_raw_mode(found.st_mode) {
        FileType::RegularFile => {}
        FileType::Symlink => return Err(taken("it is a symbolic link")),
        _ => return Err(taken("it is no regular file")),
    }
    let mut file = match folder.open(&name) {
        Ok(file) => file,
        // Another process has moved it meanwhile: as if it held what is there now.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::RecordHeld { path: path.display().to_string(), pid: None });
        }
        Err(error) => {
            return Err(taken(&format!("a file is there that cannot be opened ({error})")));
        }
    };
    let start = own_start(&mut file).map_err(failed)?;
    let start = start.ok_or_else(|| taken("it is another user's file"))?;
    if !start.starts_with(&MAGIC) {
        return Err(taken("it is a file that is no flight"));
    }
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let pid = read::pid(&start).filter(|pid| is_alive(*pid));
            return Err(Error::RecordHeld { path: path.display().to_string(), pid });
        }
        Err(TryLockError::Error(error)) => {
            return Err(refused(&path, format!("it cannot be locked: {error}")));
        }
    }
    if !folder.has(&name, &file).map_err(failed)? {
        // Another process has moved it meanwhile: as if it held what is there now.
        return Err(Error::RecordHeld { path: path.display().to_string(), pid: None });
    }
    Ok(Some(file))
}

/// False for a process that is gone, or of another container: then the file is held by somebody else.
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0).and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}
