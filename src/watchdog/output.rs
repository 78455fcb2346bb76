//! Lines on the process's stderr, past JavaScript.

use std::io::{ErrorKind, Write};
use std::time::{Duration, Instant};

/// How long a full non-blocking pipe is waited for before the line is dropped.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes a line to stderr, in one piece where the system takes it in one. A stderr that is closed loses the line; one
/// that blocks, blocks the caller, who must hold no lock.
pub fn write_line(line: &str) {
    let Some(mut stderr) = stderr() else { return };
    let text = format!("{line}\n");
    let mut rest = text.as_bytes();
    let start = Instant::now();
    while !rest.is_empty() {
        match stderr.write(rest) {
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

/// A stderr of our own: the library's has a lock, and whoever waits in a full pipe would hold it.
#[cfg(unix)]
fn stderr() -> Option<impl Write> {
    use std::os::fd::AsFd;
    std::io::stderr().as_fd().try_clone_to_owned().ok().map(std::fs::File::from)
}

#[cfg(not(unix))]
fn stderr() -> Option<impl Write> {
    Some(std::io::stderr())
}
