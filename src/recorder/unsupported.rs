//! Where a file cannot be made as safely as on Unix, none is made.

use std::fs::File;
use std::path::Path;

use crate::error::{Error, Result};

/// See `file.rs`. There is none.
pub enum NewFile {}

impl NewFile {
    /// Refuses.
    pub fn create(path: &Path, _keep: usize, _bytes: usize) -> Result<Self> {
        let reason = "onescope records on Unix systems only".to_owned();
        Err(Error::RecordFile { path: path.display().to_string(), reason })
    }

    /// The file, of which there is none.
    pub fn file(&self) -> &File {
        match *self {}
    }

    /// Gives it its name, if there were one.
    pub fn publish(self) -> Result<File> {
        match self {}
    }
}
