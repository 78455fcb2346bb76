//! Lines on the process's stderr, without JavaScript.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// How long a full non-blocking pipe is waited for before the line is dropped.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes a line to stderr, in one piece where the system takes it in one. It needs no file descriptor of its own. A stderr
/// that is closed loses the line; one that blocks also blocks the caller, so hold no lock.
pub fn write_line(line: &str) {
    let text = format!("{line}\n");
    let mut rest = text.as_bytes();
    let start = Instant::now();
    while !rest.is_empty() {
        match write(rest) {
            Ok(written) if written > 0 => rest = &rest[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Node makes pipes non-blocking.
            Err(error) if error.kind() == ErrorKind::WouldBlock && start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            _ => return,
        }
    }
}

/// Writes past the library's lock, which a writer that waits in a full pipe would hold. Not through a duplicate either: a
/// process that has no file descriptor left gets none, and one that is kept misses where the program redirects stderr to.
#[cfg(unix)]
fn write(bytes: &[u8]) -> std::io::Result<usize> {
    Ok(rustix::io::write(std::io::stderr(), bytes)?)
}

#[cfg(not(unix))]
fn write(bytes: &[u8]) -> std::io::Result<usize> {
    std::io::Write::write(&mut std::io::stderr(), bytes)
}
