//! The content of a flight recording as plain values. As JSON it is what `onescope last-flight --json` prints, except for the times.

use serde::{Deserialize, Serialize};

use crate::recorder::format::{Counters, Ending, Unrecorded};
use crate::store::queries::ContextInfo;

/// A flight recording.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// Id of the process.
    pub pid: u32,
    /// Version of Node.
    pub node: String,
    /// Version of onescope.
    pub onescope: String,
    /// When the recording began, ms since 1970.
    pub started_at_ms: u64,
    /// When it was last written, ms since 1970, to 10 ms.
    pub last_alive_at_ms: u64,
    /// True if the process still records.
    pub running: bool,
    /// Whether it ended as it meant to; none while it runs.
    pub ended_cleanly: Option<bool>,
    /// How it ended by its own account; none for a process that was killed, crashed or runs.
    pub ending: Option<Ending>,
    /// The signal that ended it, if it was noted: SIGKILL never is, nor is SIGSEGV.
    pub signal: Option<&'static str>,
    /// The last signal that the program handled.
    pub handled_signal: Option<&'static str>,
    /// What was in flight, oldest first.
    pub in_flight: Vec<ContextInfo>,
    /// The JavaScript threads, in order of id.
    pub threads: Vec<ThreadInfo>,
    /// The last stall reports, oldest first.
    pub stalls: Vec<Stall>,
    /// Totals of the process; none if no snapshot is whole.
    pub counters: Option<Counters>,
    /// How long before the end the totals were taken, ms.
    pub counters_age_ms: Option<u32>,
    /// What of the process was not in the file; none if no snapshot is whole.
    pub unrecorded: Option<Unrecorded>,
    /// Whether something can have been in flight that is not listed.
    pub may_be_missing: bool,
    /// Pages of contexts in the file.
    pub pages_used: usize,
    /// Pages that there is room for.
    pub pages_capacity: usize,
    /// What was left out because it cannot be right.
    pub corrupt: Corrupt,
}

/// A JavaScript thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadInfo {
    /// Its id.
    pub id: u32,
    /// The request that it entered last; another may have run since.
    pub last_entered: Option<Seen>,
    /// The blocking call that it was in, if it marked it.
    pub call: Option<Call>,
}

/// A blocking call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Such as `fs.readFileSync`.
    pub name: String,
    /// Milliseconds since it began.
    pub for_ms: u32,
    /// The request in which it began.
    pub request: Option<Seen>,
}

/// A request that a thread names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Its id.
    pub id: u64,
    /// What a person recognises it by.
    pub label: String,
    /// What sort of request it is.
    pub kind: &'static str,
    /// Its state.
    pub state: &'static str,
    /// Milliseconds since it was made.
    pub age_ms: u32,
}

/// A line of the watchdog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stall {
    /// When it was reported, ms since 1970.
    pub at_ms: u64,
    /// The line.
    pub report: serde_json::Value,
}

/// What cannot be right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Corrupt {
    /// Pages with an invalid header, or with the id of another.
    pub pages: usize,
    /// Records with a code that does not exist.
    pub records: usize,
    /// Stall reports that are torn.
    pub stalls: usize,
    /// Snapshots that are torn. One is normal: that which was being written.
    pub snapshots: usize,
}
