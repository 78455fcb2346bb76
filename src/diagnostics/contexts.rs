//! `/in-flight`: what is in flight, and what blocks the threads.

use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;

use super::server::Server;
use crate::limits::{LISTED_DEFAULT, LISTED_MAX};
use crate::store::pages::State;
use crate::store::queries::{self, ContextInfo, Filter};
use crate::watchdog::{Confidence, Reading, Report, Request, TimedReport};

/// Which contexts to list.
#[derive(Debug, Default, PartialEq)]
pub struct Query {
    limit: usize,
    label: Option<String>,
    state: Option<State>,
    thread: Option<u32>,
}

/// The response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    pid: u32,
    now: String,
    threads: Vec<Thread>,
    // How many match, listed or not.
    total: usize,
    in_flight: Vec<Context>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    thread: u32,
    blocked_ms: Option<u64>,
    suspect: Option<Suspect>,
}

/// What blocks a thread, as far as it is known: a part of the report of a stall.
#[derive(Serialize)]
struct Suspect {
    confidence: Confidence,
    request: Option<Request>,
    call: Option<String>,
}

#[derive(Serialize)]
struct Context {
    #[serde(flatten)]
    info: ContextInfo,
    flags: Vec<String>,
}

impl Query {
    /// Parses the query of a URL; empty values are ignored.
    ///
    /// # Errors
    /// The message of the error response.
    pub fn parse(query: &str) -> Result<Self, String> {
        let mut parsed = Self { limit: LISTED_DEFAULT, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            let invalid = |expected: &str| format!("invalid {name}: expected {expected}");
            match &*name {
                "limit" => {
                    parsed.limit = value.parse().map_err(|_| invalid("an integer"))?;
                }
                "label" => parsed.label = Some(value.into_owned()),
                "state" => {
                    let unknown = || invalid(&format!("one of {}", State::NAMES.join(", ")));
                    parsed.state = Some(State::from_name(&value).ok_or_else(unknown)?);
                }
                "thread" => parsed.thread = Some(value.parse().map_err(|_| invalid("the id of a thread"))?),
                _ => {
                    return Err(format!(
                        "unknown parameter {name:?}; expected limit, label, state or thread"
                    ));
                }
            }
        }
        parsed.limit = parsed.limit.min(LISTED_MAX);
        Ok(parsed)
    }
}

/// Lists contexts and threads.
pub fn list(server: &Server, Query { limit, label, state, thread }: Query) -> List {
    let store = server.store;
    let threads = threads(server);
    // Code that a request left behind can block a thread after the request closed. The request is listed until it ends.
    let also = threads
        .iter()
        .filter_map(|thread| thread.suspect.as_ref()?.request.as_ref())
        .map(|request| request.id)
        .collect();
    let filter = Filter { label, state, thread, also, ..Filter::default() };
    let mut found = queries::contexts(store, &filter);
    let total = found.len();
    found.truncate(limit);
    let flags = queries::flags(store);
    let in_flight = found.into_iter().map(|info| Context { flags: flags(info.id), info }).collect();
    List {
        pid: std::process::id(),
        now: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
        threads,
        total,
        in_flight,
    }
}

fn threads(server: &Server) -> Vec<Thread> {
    let reports = server.watchdog.reports();
    let readings: Vec<Reading> = server.store.threads.all().iter().map(Reading::of).collect();
    readings
        .iter()
        .map(|reading| {
            let blocked_ms = server.loops.lock().blocked_ms(reading.thread);
            let suspect =
                blocked_ms.filter(|ms| *ms > 0).and_then(|ms| suspect(server, &reports, reading, ms));
            Thread { thread: reading.thread, blocked_ms, suspect }
        })
        .collect()
}

/// The response of the thread itself, if it was probed in this stall; else what can be seen from outside.
fn suspect(server: &Server, reports: &[TimedReport], reading: &Reading, blocked_ms: u64) -> Option<Suspect> {
    let since = Instant::now().checked_sub(Duration::from_millis(blocked_ms));
    let last = reports.iter().rev().find(|each| each.report.thread() == reading.thread);
    let probed =
        last.filter(|each| since.is_some_and(|since| each.instant >= since)).map(|each| &each.report);
    let report = match probed {
        Some(report @ Report::Stall { confidence: Confidence::Exact | Confidence::InCall, .. }) => {
            report.clone()
        }
        _ => server.watchdog.suspect(server.store, reading, blocked_ms),
    };
    let Report::Stall { confidence, request, call, .. } = report else { return None };
    if request.is_none() && call.is_none() && confidence == Confidence::LastSeen {
        return None;
    }
    Some(Suspect { confidence, request, call })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_checked_and_bounded() {
        let default = Query { limit: LISTED_DEFAULT, ..Query::default() };
        assert_eq!(Query::parse(""), Ok(default));
        let all = Query::parse("limit=99999&label=a%20%26+b&state=active&thread=3").unwrap();
        let label = Some("a & b".to_owned());
        assert_eq!(all, Query { limit: LISTED_MAX, label, state: Some(State::Active), thread: Some(3) });
        assert_eq!(Query::parse("limit=&label="), Query::parse(""));
        for wrong in ["limit=-1", "limit=x", "state=busy", "thread=1.5", "thread=4294967296", "what=1"] {
            assert!(Query::parse(wrong).is_err(), "{wrong}");
        }
    }
}
