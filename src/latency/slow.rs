//! A slow request: as it is kept, and as it is listed.

use serde::Serialize;

use crate::store::clock::Clock;
use crate::store::pages::{RequestKind, State};

/// What a request waited for. Times are readings of the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    pub id: u64,
    pub label: String,
    pub started: u32,
    pub ended: u32,
    pub state: State,
}

/// A request that is over. Times are readings of the clock.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub id: u64,
    pub label: String,
    pub kind: RequestKind,
    pub thread: u32,
    pub started: u32,
    pub ended: u32,
    pub waits: Vec<Wait>,
}

impl Request {
    /// How long it took.
    pub fn ms(&self) -> u32 {
        Clock::age_ms(self.started, self.ended)
    }

    /// The request as it is listed.
    pub fn describe(self, now: u32) -> SlowRequest {
        let ms = self.ms();
        let mut waits = self.waits;
        waits.sort_by_key(|wait| (Clock::age_ms(self.started, wait.started), wait.id));
        let waits = waits.into_iter().map(|wait| SlowWait {
            after_ms: Clock::age_ms(self.started, wait.started),
            ms: Clock::age_ms(wait.started, if wait.state == State::Closed { wait.ended } else { now }),
            label: wait.label,
            state: wait.state,
        });
        SlowRequest {
            id: self.id,
            label: self.label,
            kind: self.kind,
            thread: self.thread,
            ms,
            ago_ms: Clock::age_ms(self.ended, now),
            waits: waits.collect(),
        }
    }
}

/// The slowest requests of one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slow {
    /// The label: for requests without a route, method and `(no route)`.
    pub label: String,
    /// The slowest first.
    pub requests: Vec<SlowRequest>,
}

/// A request that was slow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlowRequest {
    /// Its id.
    pub id: u64,
    /// Its own label.
    pub label: String,
    /// What sort of request it was.
    pub kind: RequestKind,
    /// Id of its thread.
    pub thread: u32,
    /// How long it took, to 10 ms.
    pub ms: u32,
    /// How long it has been over, ms.
    pub ago_ms: u32,
    /// What it waited for, in the order in which that began.
    pub waits: Vec<SlowWait>,
}

/// What a slow request waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlowWait {
    /// Label of the outgoing work or the task.
    pub label: String,
    /// Milliseconds after the request's start.
    pub after_ms: u32,
    /// How long it took, or so far.
    pub ms: u32,
    /// `closed` if it is over.
    pub state: State,
}
