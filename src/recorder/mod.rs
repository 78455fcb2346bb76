//! Keeps the store in a file, so that another process can read what was in flight when this one ended, however it did.
//!
//! While a recording is on, the pages of contexts and the blocks of the threads are in a mapped file. JavaScript writes
//! them as usual, and the system keeps what is written, also after SIGKILL. A thread of its own adds totals four times a
//! second. Nothing is written for a request but its record.

mod flight;
mod format;
mod names;
mod outside;
mod placement;
mod read;
mod run;
mod slot;

#[cfg(unix)]
mod file;
#[cfg(not(unix))]
#[path = "unsupported.rs"]
mod file;
#[cfg(all(test, unix, not(miri)))]
mod tests;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::Store;
use crate::sync::Mutex;
use crate::text;

pub use self::flight::{Flight, Settings};
pub use self::format::{Counters, Ending, How, MAX_BYTES, MIN_BYTES, Unrecorded, first_line};
pub use self::names::list;
pub use self::read::{Call, Corrupt, Recorded, Seen, Stall, ThreadInfo, parse, read};

/// A recording that is on.
struct Session {
    number: u32,
    flight: Arc<Flight>,
    thread: std::thread::Thread,
}

/// How much of a recording's room is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Pages that the file has room for.
    pub capacity: usize,
    /// Those in use.
    pub pages: usize,
    /// Pages in use that are not in the file.
    pub unrecorded: u64,
}

/// The recording of a process, if it is on.
#[derive(Default)]
pub struct Recorder {
    session: Mutex<Option<Session>>,
    // The file is made without the lock: threads that need a page do not wait for a disk.
    starting: AtomicBool,
    last_number: AtomicU32,
}

impl Recorder {
    /// Starts to record, and returns the path of the file. Threads that are attached already must move in: [`Recorder::block_to_move_to`].
    ///
    /// # Errors
    /// `Recording` if it is on; `RecordFile`; `Recorder` if its thread cannot start. Older recordings are all there then.
    pub fn start(&'static self, store: &'static Store, settings: &Settings) -> Result<PathBuf> {
        if self.starting.swap(true, Relaxed) {
            return Err(Error::Recording { path: settings.directory.display().to_string() });
        }
        let started = self.start_alone(store, settings);
        self.starting.store(false, Relaxed);
        started
    }

    fn start_alone(&'static self, store: &'static Store, settings: &Settings) -> Result<PathBuf> {
        if let Some(flight) = self.flight() {
            return Err(Error::Recording { path: flight.path().display().to_string() });
        }
        let (flight, file) = Flight::create(store, settings)?;
        let flight = Arc::new(flight);
        let thread = run::spawn(self, store, Arc::clone(&flight))?;
        // Last: a recording that fails to start removes no older one.
        flight.begin(file, settings.keep);
        let path = flight.path().to_owned();
        let number = self.last_number.fetch_add(1, Relaxed) + 1;
        *self.session.lock() = Some(Session { number, flight, thread });
        Ok(path)
    }

    /// Ends the recording, if it is on, and unlocks its file. Threads must move out: [`Recorder::block_to_move_to`].
    pub fn stop(&self, store: &Store) -> bool {
        let Some(session) = self.session.lock().take() else { return false };
        session.flight.end(store, Ending::of(How::Stopped, None));
        session.flight.unlock();
        session.thread.unpark();
        true
    }

    /// Ends a recording whose file is not its own any more, and reports it once.
    fn lose(&self, store: &Store, flight: &Arc<Flight>, what: &str) {
        if self.session.lock().take_if(|session| Arc::ptr_eq(&session.flight, flight)).is_none() {
            return;
        }
        flight.unlock();
        let path = text::clean(&flight.path().display().to_string());
        let _ = writeln!(
            std::io::stderr(),
            "onescope: the flight recording {path} {what}; recording has stopped, the process continues. Move the file instead of \
             changing it, and call record() again"
        );
        store.listeners.notify();
    }

    /// Number of the recording that is on, from 1; 0 if none is.
    pub fn number(&self) -> u32 {
        self.session.lock().as_ref().map_or(0, |session| session.number)
    }

    /// How much room is taken; none if nothing records.
    pub fn usage(&self, store: &Store) -> Option<Usage> {
        let flight = self.flight()?;
        let (capacity, pages) = flight.usage();
        Some(Usage { capacity, pages, unrecorded: flight.unrecorded(store).pages })
    }

    /// The recording, if it is on.
    pub fn flight(&self) -> Option<Arc<Flight>> {
        self.session.lock().as_ref().map(|session| Arc::clone(&session.flight))
    }
}
