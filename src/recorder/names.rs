//! Names of flight recordings: `20261129T062158.123Z-31555.flight`, the UTC time of the start and the id of the process.
//! They sort by start, and every operating system accepts them.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use humantime::format_rfc3339_millis;

use crate::error::{Error, Fault, Result};

const EXTENSION: &str = ".flight";

/// The name of a recording that started at this time, ms since 1970.
pub fn name(started_ms: u64, pid: u32) -> String {
    let start = format_rfc3339_millis(SystemTime::UNIX_EPOCH + Duration::from_millis(started_ms));
    format!("{}-{pid}{EXTENSION}", start.to_string().replace(['-', ':'], ""))
}

/// Names of the recordings in a directory, the newest first. Links and everything with another name are left out.
///
/// # Errors
/// `Flight` if the system does not let the directory be read.
pub fn list(directory: &Path) -> Result<Vec<String>> {
    read_names(directory).map_err(|error| Error::Flight {
        path: directory.display().to_string(),
        fault: Fault::Unreadable,
        reason: error.to_string(),
    })
}

fn read_names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // The type is that of a link itself.
        if is_name(&name) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.push(name);
        }
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

fn is_name(name: &str) -> bool {
    let shape = name.replace(|char: char| char.is_ascii_digit(), "0");
    let pid = shape.strip_prefix("00000000T000000.000Z-").and_then(|rest| rest.strip_suffix(EXTENSION));
    pid.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte == b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_which_process() {
        assert_eq!(name(0, 1), "19700101T000000.000Z-1.flight");
        assert_eq!(name(1_795_933_318_123, 31555), "20261129T062158.123Z-31555.flight");
        assert_eq!(name(951_782_399_999, u32::MAX), "20000228T235959.999Z-4294967295.flight");
    }

    #[test]
    fn the_newest_is_listed_first_and_nothing_else_is_listed() {
        let directory = tempfile::tempdir().unwrap();
        let starts = [1_000, 1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000];
        for start in starts {
            fs::write(directory.path().join(name(start, 7)), "").unwrap();
        }
        for other in [
            "flight",
            "20261129T062158.123Z-31555.flight.1",
            "a20261129T062158.123Z-31555.flight",
            "20261129T062158.123Z-.flight",
            "20261129T062158.123Z-3x.flight",
            "20261129T062158Z-31555.flight",
        ] {
            fs::write(directory.path().join(other), "").unwrap();
        }
        fs::create_dir(directory.path().join(name(2_000, 7))).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(name(1_000, 7), directory.path().join(name(3_000, 7))).unwrap();
        let expected: Vec<_> = starts.iter().rev().map(|start| name(*start, 7)).collect();
        assert_eq!(list(directory.path()).unwrap(), expected);
    }
}
