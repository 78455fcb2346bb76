//! What can go wrong, under stable codes.

use std::fmt;

use crate::limits::{BYTE_LANES, COUNTER_LANES, HANDLE_MAX};
use crate::registry::SlotSpec;

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
    CellFull {
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
}

impl Error {
    /// The stable code, also the `code` property of the JavaScript error.
    pub fn code(&self) -> &'static str {
        match self {
            Error::SlotConflict { .. } => "ERR_ONESCOPE_SLOT_CONFLICT",
            Error::SlotUnknown { .. } => "ERR_ONESCOPE_SLOT_UNKNOWN",
            Error::SlotSpec { .. } => "ERR_ONESCOPE_SLOT_SPEC",
            Error::SlotKind { .. } => "ERR_ONESCOPE_SLOT_KIND",
            Error::CellFull { .. } => "ERR_ONESCOPE_CELL_FULL",
            Error::StaleHandle { .. } => "ERR_ONESCOPE_STALE_HANDLE",
            Error::Handle { .. } => "ERR_ONESCOPE_HANDLE",
            Error::Filter { .. } => "ERR_ONESCOPE_FILTER",
            Error::PageMemory { .. } => "ERR_ONESCOPE_PAGE_MEMORY",
            Error::Clock { .. } => "ERR_ONESCOPE_CLOCK",
            Error::Watched => "ERR_ONESCOPE_WATCHED",
            Error::Watchdog { .. } => "ERR_ONESCOPE_WATCHDOG",
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
            Error::CellFull { key, counter: true } => write!(
                f,
                "slot {key:?} needs a counter lane and all {COUNTER_LANES} are taken; \
                 register it with lifetime \"scope\" or as a \"value\""
            ),
            Error::CellFull { key, counter: false } => write!(
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
                    "one watch sees all threads of a process, and one is on; stop() it before you start another"
                )
            }
            Error::Watchdog { reason } => {
                write!(
                    f,
                    "the watchdog thread did not start: {reason}; raise the thread limit of the process"
                )
            }
        }
    }
}

impl std::error::Error for Error {}
