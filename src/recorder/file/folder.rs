//! The folder that a flight lies in, and the names in it that belong to the flight.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, Stat, fstat, openat, statat, unlinkat};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::{describe, refused};
use crate::error::Result;
use crate::recorder::format::{HEADER, MAGIC};

/// Files that are about to become a flight or to go, at a time: `FILE.new-0` and so on.
const SPARES: usize = 100;

/// A folder, by handle: it stays the same one, whatever becomes of its path.
pub struct Folder {
    handle: File,
    path: PathBuf,
    name: OsString,
}

impl Folder {
    /// The folder that holds the flight of this path.
    ///
    /// # Errors
    /// `RecordFile`.
    pub fn of(path: &Path) -> Result<Self> {
        let name = path.file_name().ok_or_else(|| refused(path, "it is no name of a file"))?.to_owned();
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).to_owned();
        let handle =
            OpenOptions::new().read(true).custom_flags(OFlags::DIRECTORY.bits() as i32).open(&parent);
        let handle = handle.map_err(|error| refused(path, describe(&error)))?;
        Ok(Self { handle, path: parent, name })
    }

    /// Name of the flight.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Name of an older flight: `FILE.1` is the one before `FILE`.
    pub fn older(&self, age: usize) -> OsString {
        let mut name = self.name.clone();
        if age > 0 {
            name.push(format!(".{age}"));
        }
        name
    }

    /// Path of a name.
    pub fn path_of(&self, name: &OsStr) -> PathBuf {
        self.path.join(name)
    }

    /// What has a name, which can be a link; none if nothing has it.
    pub fn look(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// True if it is this file that has the name.
    pub fn has(&self, name: &OsStr, file: &File) -> io::Result<bool> {
        let opened = fstat(file)?;
        let found = self.look(name)?;
        Ok(found.is_some_and(|found| (found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)))
    }

    /// Opens a file to read. It may be another one by now, even one whose opening would wait for somebody.
    pub fn open(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(openat(&self.handle, name, flags, Mode::empty())?.into())
    }

    /// Makes an empty file and locks it. None if another process has taken it for a leftover meanwhile.
    pub fn create(&self, name: &OsStr) -> io::Result<Option<File>> {
        // `EXCL` neither follows a link nor takes a file that is there.
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file: File = match openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => file.into(),
            Err(Errno::EXIST) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let locked = file.try_lock().is_ok() && self.has(name, &file)?;
        Ok(locked.then_some(file))
    }

    /// Gives a file another name, which nothing has.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(&self.handle, from, &self.handle, to, flags) {
                // The file system or the system does not know how.
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
                other => return Ok(other?),
            }
        }
        if self.look(to)?.is_some() {
            return Err(Errno::EXIST.into());
        }
        Ok(rustix::fs::renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Removes a file.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// A name for a file that is about to become a flight or to go. What processes left there that
    /// were killed meanwhile is removed.
    pub fn spare(&self) -> io::Result<OsString> {
        let mut free = None;
        for number in 0..SPARES {
            let mut name = self.name.clone();
            name.push(format!(".new-{number}"));
            if self.look(&name)?.is_some() && !self.remove_leftover(&name) {
                continue;
            }
            free.get_or_insert(name);
        }
        free.ok_or_else(|| {
            io::Error::other("too many files of the name with .new- are beside it; remove them")
        })
    }

    /// False if the file is in use, or no leftover.
    fn remove_leftover(&self, name: &OsStr) -> bool {
        let Ok(mut file) = self.open(name) else { return false };
        let Ok(start) = own_start(&mut file) else { return false };
        let is_ours =
            start.is_some_and(|start| start.starts_with(&MAGIC) || start.iter().all(|byte| *byte == 0));
        is_ours
            && file.try_lock().is_ok()
            && self.has(name, &file).unwrap_or(false)
            && self.remove(name).is_ok()
    }
}

/// The first bytes of a file, up to the end of a flight's header; none if it is not a regular file of this user's.
pub fn own_start(file: &mut File) -> io::Result<Option<Vec<u8>>> {
    let stat = fstat(&*file)?;
    if !file.metadata()?.is_file() || stat.st_uid != geteuid().as_raw() {
        return Ok(None);
    }
    let mut start = Vec::new();
    file.take(HEADER.end as u64).read_to_end(&mut start)?;
    Ok(Some(start))
}
