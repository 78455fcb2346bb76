//! What can go wrong, under stable codes.

use std::fmt;

use crate::limits::{BYTE_LANES, COUNTER_LANES, HANDLE_MAX};
use crate::store::registry::SlotSpec;

/// The result of every fallible function of the crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure; [`Error::code`] is stable, the message names the cause and the way out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The key is registered already, with another spec.
    SlotConflict {
        /// The spec that holds the key.
        registered: Box<SlotSpec>,
        /// The spec that was refused.
        requested: Box<SlotSpec>,
    },
    /// No slot has this id.
    SlotUnknown {
        /// The id as given.
        id: u64,
    },
    /// A spec breaks a rule.
    SlotSpec {
        /// The key as given, possibly empty.
        key: String,
        /// Which rule, and what would be right.
        reason: String,
    },
    /// The slot has no lane in the cell, or the lane cannot hold the value.
    SlotKind {
        /// The slot's key.
        key: String,
        /// What does not fit, and what would.
        reason: String,
    },
    /// Every lane of the needed sort is taken.
    SlotsFull {
        /// The key that was refused.
        key: String,
        /// True if a counter lane was needed, false for a byte lane.
        counter: bool,
    },
    /// The handle was right once; its page is freed, or its cell was never allocated.
    StaleHandle {
        /// The handle.
        handle: u64,
    },
    /// The number is no handle or id at all.
    Handle {
        /// The value as given, printed.
        given: String,
    },
    /// A filter names something that no context can be.
    Filter {
        /// What was given, and what would be right.
        reason: String,
    },
    /// Memory for a page or a thread block could not be had.
    PageMemory {
        /// Bytes that were asked for.
        bytes: usize,
        /// What refused them.
        reason: String,
    },
    /// The thread that keeps the coarse clock could not be started.
    Clock {
        /// What the operating system said.
        reason: String,
    },
    /// The process is watched already.
    Watched,
    /// The watchdog thread could not be started.
    Watchdog {
        /// What the operating system said.
        reason: String,
    },
    /// The process records already.
    Recording {
        /// The file that it records into.
        path: String,
    },
    /// A flight cannot be made at this path.
    RecordFile {
        /// The path, or that of an older flight beside it.
        path: String,
        /// What the system said, and what would be right.
        reason: String,
    },
    /// Something else has one of the names that the recording needs.
    RecordTaken {
        /// The path, or that of an older flight beside it.
        path: String,
        /// What is there.
        reason: String,
    },
    /// A live process records into this file.
    RecordHeld {
        /// The file.
        path: String,
        /// The process, if the file says.
        pid: Option<u32>,
    },
    /// The thread that keeps a flight current could not be started.
    Recorder {
        /// What the operating system said.
        reason: String,
    },
    /// The process has a diagnostics server already.
    Serving,
    /// The diagnostics server cannot listen there, or its thread could not be started.
    Listen {
        /// Where it was to listen.
        address: String,
        /// What the operating system said.
        reason: String,
    },
    /// A file could not be read as a flight.
    Flight {
        /// The file.
        path: String,
        /// What is wrong with it.
        fault: Fault,
        /// Which part, and what was found there.
        reason: String,
    },
}

/// What can be wrong with a file that should be a flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The system does not let it be read.
    Unreadable,
    /// It is none.
    Foreign,
    /// A part is missing.
    Truncated,
    /// A part was not written to its end, or changed since.
    Torn,
    /// Another version of onescope, or another machine, wrote it.
    Version,
}

impl Error {
    /// The stable code, also the `code` property of the JavaScript error.
    pub fn code(&self) -> &'static str {
        match self {
            Error::SlotConflict { .. } => "ERR_ONESCOPE_SLOT_CONFLICT",
            Error::SlotUnknown { .. } => "ERR_ONESCOPE_SLOT_UNKNOWN",
            Error::SlotSpec { .. } => "ERR_ONESCOPE_SLOT_SPEC",
            Error::SlotKind { .. } => "ERR_ONESCOPE_SLOT_KIND",
            Error::SlotsFull { .. } => "ERR_ONESCOPE_CELL_FULL",
            Error::StaleHandle { .. } => "ERR_ONESCOPE_STALE_HANDLE",
            Error::Handle { .. } => "ERR_ONESCOPE_HANDLE",
            Error::Filter { .. } => "ERR_ONESCOPE_FILTER",
            Error::PageMemory { .. } => "ERR_ONESCOPE_PAGE_MEMORY",
            Error::Clock { .. } => "ERR_ONESCOPE_CLOCK",
            Error::Watched => "ERR_ONESCOPE_WATCHED",
            Error::Watchdog { .. } => "ERR_ONESCOPE_WATCHDOG",
            Error::Recording { .. } => "ERR_ONESCOPE_RECORDING",
            Error::RecordFile { .. } => "ERR_ONESCOPE_RECORD_FILE",
            Error::RecordTaken { .. } => "ERR_ONESCOPE_RECORD_TAKEN",
            Error::RecordHeld { .. } => "ERR_ONESCOPE_RECORD_HELD",
            Error::Recorder { .. } => "ERR_ONESCOPE_RECORDER",
            Error::Flight { fault, .. } => match fault {
                Fault::Unreadable => "ERR_ONESCOPE_FLIGHT_UNREADABLE",
                Fault::Foreign => "ERR_ONESCOPE_FLIGHT_FOREIGN",
                Fault::Truncated => "ERR_ONESCOPE_FLIGHT_TRUNCATED",
                Fault::Torn => "ERR_ONESCOPE_FLIGHT_TORN",
                Fault::Version => "ERR_ONESCOPE_FLIGHT_VERSION",
            },
            Error::Serving => "ERR_ONESCOPE_SERVING",
            Error::Listen { .. } => "ERR_ONESCOPE_LISTEN",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::SlotConflict { registered, requested } => write!(
                f,
                "slot {:?} is already registered as {registered}, so it cannot become {requested}; \
                 use the same spec everywhere or another key",
                registered.key
            ),
            Error::SlotUnknown { id } => {
                write!(f, "no slot has the id {id}; use an id that registerSlot() returned or slots() lists")
            }
            Error::SlotSpec { key, reason } => write!(f, "the spec of slot {key:?} is not valid: {reason}"),
            Error::SlotKind { key, reason } => write!(f, "slot {key:?}: {reason}"),
            Error::SlotsFull { key, counter: true } => write!(
                f,
                "slot {key:?} needs a counter lane and all {COUNTER_LANES} are taken; \
                 register it with lifetime \"scope\" or as a \"value\""
            ),
            Error::SlotsFull { key, counter: false } => write!(
                f,
                "slot {key:?} needs a byte lane and all {BYTE_LANES} are taken; \
                 register it with lifetime \"scope\" or as a \"value\""
            ),
            Error::StaleHandle { handle } => write!(
                f,
                "handle {handle} names no live cell; its context was collected or never made, \
                 so read it while the context is reachable"
            ),
            Error::Handle { given } => {
                write!(
                    f,
                    "{given} is not a handle, id or limit; expected an integer in the range of those, at most {HANDLE_MAX}"
                )
            }
            Error::Filter { reason } => write!(f, "this filter finds nothing: {reason}"),
            Error::PageMemory { bytes, reason } => {
                write!(
                    f,
                    "no {bytes} bytes of memory that JavaScript can share: {reason}; use the JavaScript pages"
                )
            }
            Error::Clock { reason } => {
                write!(f, "the clock thread did not start: {reason}; raise the thread limit of the process")
            }
            Error::Watched => {
                write!(
                    f,
                    "a watch is already running in this process and covers all its threads; stop() it before you start another"
                )
            }
            Error::Watchdog { reason } => {
                write!(
                    f,
                    "the watchdog thread did not start: {reason}; raise the thread limit of the process"
                )
            }
            Error::Recording { path } => {
                write!(
                    f,
                    "this process records into {path}; one flight has all its threads, so stop() it before another"
                )
            }
            Error::RecordFile { path, reason } => {
                write!(f, "no flight can be recorded into {path}: {reason}")
            }
            Error::RecordTaken { path, reason } => {
                write!(f, "{path} is left alone: {reason}; move it away, or choose another path")
            }
            Error::RecordHeld { path, pid } => {
                let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                write!(f, "{who} records into {path} and is alive; give each process a path of its own")
            }
            Error::Recorder { reason } => {
                write!(
                    f,
                    "the recorder's thread did not start: {reason}; raise the thread limit of the process"
                )
            }
            Error::Flight { path, fault, reason } => match fault {
                Fault::Unreadable => write!(f, "{path} cannot be read: {reason}"),
                Fault::Foreign => write!(f, "{path} is no flight that onescope recorded: {reason}"),
                Fault::Truncated => {
                    write!(f, "{path} is shorter than it was: {reason}; nothing in it can be relied on")
                }
                Fault::Torn => {
                    write!(f, "{path} was damaged: {reason}; nothing in it can be relied on")
                }
                Fault::Version => write!(f, "{path} is a flight that this version does not read: {reason}"),
            },
            Error::Serving => {
                write!(
                    f,
                    "one diagnostics server shows all threads of a process, and one is on; stop() it before you start another"
                )
            }
            Error::Listen { address, reason } => {
                write!(
                    f,
                    "the diagnostics server cannot listen on {address}: {reason}; choose another port (0 for any free one) or host"
                )
            }
        }
    }
}

impl std::error::Error for Error {}
