//! The directory of recordings.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, fstat, openat, statat, unlinkat};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::recorder::format::{HEADER, MAGIC};
use crate::recorder::names;

/// A directory, by handle: it stays the same one, whatever becomes of its path.
pub struct Directory {
    handle: File,
    path: PathBuf,
}

impl Directory {
    /// Opens a directory, and makes it, for this user only, if it is missing.
    pub fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let mut options = OpenOptions::new();
        let handle = options.read(true).custom_flags(OFlags::DIRECTORY.bits() as i32).open(path)?;
        Ok(Self { handle, path: path.to_owned() })
    }

    /// Path of a name.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes an empty file and locks it. None if something has the name.
    pub fn create(&self, name: &str) -> io::Result<Option<File>> {
        // `EXCL` neither follows a link nor takes a file that is there.
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file: File = match openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => file.into(),
            Err(Errno::EXIST) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let locked = file.try_lock();
        let exists = self.has(name, &file)?;
        match locked {
            Ok(()) if exists => return Ok(Some(file)),
            // Between the two steps another process has opened it, or removed it as a leftover.
            _ if exists => self.remove(name)?,
            _ => {}
        }
        match locked {
            Err(TryLockError::Error(error)) => Err(error),
            _ => Ok(None),
        }
    }

    /// Removes ended recordings, all but the newest `keep`, and what is left of a process that was killed before its
    /// recording had begun. What cannot be removed stays until the next recording tries again.
    pub fn prune(&self, keep: usize) {
        let mut ended = 0;
        for name in names::list(&self.path).unwrap_or_default() {
            // Locked until it is removed.
            let Ok(Some((_locked, begun))) = self.lock_ended(&name) else { continue };
            ended += usize::from(begun);
            if !begun || ended > keep {
                let _ = self.remove(&name);
            }
        }
    }

    /// Locks a recording of this user's that has ended, and returns whether it had begun; none if it is anything else.
    fn lock_ended(&self, name: &str) -> io::Result<Option<(File, bool)>> {
        // It may be another file by now, even a pipe, whose opening would wait.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file: File = openat(&self.handle, name, flags, Mode::empty())?.into();
        if !file.metadata()?.is_file() || fstat(&file)?.st_uid != geteuid().as_raw() {
            return Ok(None);
        }
        if file.try_lock().is_err() || !self.has(name, &file)? {
            return Ok(None);
        }
        let mut start = Vec::new();
        (&file).take(HEADER.end as u64).read_to_end(&mut start)?;
        let begun = start.starts_with(&MAGIC);
        Ok((begun || start.iter().all(|byte| *byte == 0)).then_some((file, begun)))
    }

    /// True if it is this file that has the name.
    fn has(&self, name: &str, file: &File) -> io::Result<bool> {
        let opened = fstat(file)?;
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok((found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.handle, name, AtFlags::empty())?)
    }
}
