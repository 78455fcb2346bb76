//! Where a file cannot be made as safely as on Unix, none is made.

use std::fs::File;
use std::path::Path;

use crate::error::{Error, Result};

fn refused(path: &Path) -> Error {
    let reason = "onescope records on Unix systems only".to_owned();
    Error::RecordFile { path: path.display().to_string(), reason }
}

/// See `file.rs`.
pub struct NewFile(File);

impl NewFile {
    /// Refuses.
    pub fn create(path: &Path, _bytes: usize) -> Result<Self> {
        Err(refused(path))
    }

    /// The file, of which there is none.
    pub fn file(&self) -> &File {
        &self.0
    }

    /// Refuses.
    pub fn publish(self, path: &Path) -> Result<File> {
        Err(refused(path))
    }
}

/// See `file.rs`.
pub struct OldFlights;

impl OldFlights {
    /// Refuses.
    pub fn lock(path: &Path, _keep: usize) -> Result<Self> {
        Err(refused(path))
    }

    /// Does nothing.
    pub fn rotate(&self) -> Result<()> {
        Ok(())
    }
}
