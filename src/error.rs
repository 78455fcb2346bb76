//! What can go wrong, under stable codes.

use crate::limits::{BYTE_FIELDS, COUNTER_FIELDS, ID_MAX};

/// The result of every fallible function of the crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure; [`Error::code`] is stable, the message names the cause and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key is registered already, with another spec.
    #[error(
        "slot {} is already registered as {registered}, so it cannot become {requested}; \
         use the same spec everywhere or another key",
        quoted(key)
    )]
    SlotConflict {
        /// The key.
        key: String,
        /// The spec that holds the key, printed.
        registered: String,
        /// The spec that was refused, printed.
        requested: String,
    },
    /// No slot has this id.
    #[error("no slot has the id {id}; use an id that registerSlot() returned or store.slots() lists")]
    SlotUnknown {
        /// The id as given.
        id: u64,
    },
    /// A spec breaks a rule.
    #[error("invalid spec of slot {}: {reason}", quoted(key))]
    SlotSpec {
        /// The key as given, possibly empty.
        key: String,
        /// Which rule, and what would be right.
        reason: String,
    },
    /// The slot has no field in the record, or the field cannot hold the value.
    #[error("slot {} {reason}", quoted(key))]
    SlotKind {
        /// The slot's key.
        key: String,
        /// What does not fit, and what would.
        reason: String,
    },
    /// A label is not a string.
    #[error("a label must be a string, not {given}; pass a string")]
    Label {
        /// The value as given, printed.
        given: String,
    },
    /// Every field of the needed sort is taken.
    #[error(
        "no room for slot {}: all {} native {} are in use; \
         register it with lifetime \"scope\" or as a \"value\"",
        quoted(key),
        if *counter { COUNTER_FIELDS } else { BYTE_FIELDS },
        if *counter { "counters" } else { "flags and enums" }
    )]
    FieldsFull {
        /// The key that was refused.
        key: String,
        /// True if a counter field was needed, false for a byte field.
        counter: bool,
    },
    /// The id was right once; its page is freed, or its record was never allocated.
    #[error(
        "no context has the id {id}: it was collected, or never existed; \
         use an id while its context is reachable"
    )]
    StaleId {
        /// The id.
        id: u64,
    },
    /// The number is not an id at all.
    #[error(
        "{given} is not a valid id or limit; pass an id that onescope returned, or a limit from 0 to {ID_MAX}"
    )]
    InvalidId {
        /// The value as given, printed.
        given: String,
    },
    /// A filter is invalid.
    #[error("invalid filter: {reason}")]
    Filter {
        /// What was given, and what would be right.
        reason: String,
    },
    /// Memory for a page or a thread block could not be allocated.
    #[error("failed to allocate {bytes} bytes of shared memory: {reason}; set ONESCOPE_BACKEND=js")]
    PageMemory {
        /// Bytes that were asked for.
        bytes: usize,
        /// What refused them.
        reason: String,
    },
    /// The thread that keeps the coarse clock could not be started.
    #[error("failed to start the clock thread: {reason}; raise the thread limit of the process")]
    Clock {
        /// What the operating system said.
        reason: String,
    },
    /// The process is watched already.
    #[error("watch() is already running in this process; call stop() first")]
    Watched,
    /// The watchdog thread could not be started.
    #[error("failed to start the watchdog thread: {reason}; raise the thread limit of the process")]
    Watchdog {
        /// What the operating system said.
        reason: String,
    },
    /// The process records already.
    #[error("record() is already running in this process, into {path}; call stop() first")]
    Recording {
        /// The file that it records into.
        path: String,
    },
    /// No file can be made in this directory.
    #[error("failed to create a file in {directory}: {reason}")]
    RecordFile {
        /// The directory.
        directory: String,
        /// What the system said, and what would be right.
        reason: String,
    },
    /// The thread that keeps a flight recording current could not be started.
    #[error("failed to start the recorder thread: {reason}; raise the thread limit of the process")]
    Recorder {
        /// What the operating system said.
        reason: String,
    },
    /// The process has a diagnostics server already.
    #[error("serve() is already running in this process; call stop() first")]
    Serving,
    /// The diagnostics server cannot listen there, or its thread could not be started.
    #[error("serve() cannot listen on {address}: {reason}; choose another port (0 for any free one) or host")]
    Listen {
        /// Where it was to listen.
        address: String,
        /// What the operating system said.
        reason: String,
    },
    /// A file could not be read as a flight recording.
    #[error("{path} {}", fault.message(reason))]
    Flight {
        /// The file.
        path: String,
        /// What is wrong with it.
        fault: Fault,
        /// Which part, and what was found there.
        reason: String,
    },
}

/// The text as a JavaScript literal, as the JavaScript backend prints it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What can be wrong with a file that should be a flight recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The system does not let it be read.
    Unreadable,
    /// It is not a flight recording.
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
            Error::SlotKind { .. } | Error::Label { .. } => "ERR_ONESCOPE_SLOT_KIND",
            Error::FieldsFull { .. } => "ERR_ONESCOPE_FIELDS_FULL",
            Error::StaleId { .. } => "ERR_ONESCOPE_STALE_ID",
            Error::InvalidId { .. } => "ERR_ONESCOPE_ID",
            Error::Filter { .. } => "ERR_ONESCOPE_FILTER",
            Error::PageMemory { .. } => "ERR_ONESCOPE_PAGE_MEMORY",
            Error::Clock { .. } => "ERR_ONESCOPE_CLOCK",
            Error::Watched => "ERR_ONESCOPE_WATCHED",
            Error::Watchdog { .. } => "ERR_ONESCOPE_WATCHDOG",
            Error::Recording { .. } => "ERR_ONESCOPE_RECORDING",
            Error::RecordFile { .. } => "ERR_ONESCOPE_RECORD_FILE",
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

impl Fault {
    fn message(self, reason: &str) -> String {
        match self {
            Fault::Unreadable => format!("cannot be read: {reason}"),
            Fault::Foreign => format!("is not a flight recording: {reason}"),
            Fault::Truncated => {
                format!("is truncated: {reason}; none of it can be used")
            }
            Fault::Torn => format!("is damaged: {reason}; none of it can be used"),
            Fault::Version => format!("is a flight recording that cannot be read here: {reason}"),
        }
    }
}
