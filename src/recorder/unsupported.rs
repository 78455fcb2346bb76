//! Where a file cannot be made as safely as on Unix, none is made.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// See `file.rs`. There is none.
pub enum NewFile {}

impl NewFile {
    /// Refuses.
    pub fn create(directory: &Path, _now_ms: u64, _bytes: usize) -> Result<Self> {
        let reason = "onescope records on Unix systems only".to_owned();
        Err(Error::RecordFile { directory: directory.display().to_string(), reason })
    }

    /// The file, of which there is none.
    pub fn file(&self) -> &File {
        match *self {}
    }

    /// Its path, if there were one.
    pub fn path(&self) -> PathBuf {
        match *self {}
    }

    /// When it started, if it did.
    pub fn started_ms(&self) -> u64 {
        match *self {}
    }

    /// Keeps it, if there were one.
    pub fn keep(self, _ended: usize) -> File {
        match self {}
    }
}
