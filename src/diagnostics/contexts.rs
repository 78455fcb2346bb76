//! `/in-flight`: what is in flight, and what blocks the threads.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::server::Server;
use crate::limits::{LISTED_DEFAULT, LISTED_MAX};
use crate::store::pages::State;
use crate::store::queries::{self, ContextInfo, Filter};
use crate::text;
use crate::watchdog::{Confidence, Reading, Report, Request, TimedReport};

/// The response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    pid: u32,
    now: String,
    threads: Vec<Thread>,
    // How many match, listed or not.
    total: usize,
    in_flight: Vec<ContextInfo>,
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

/// Parses the query of a URL; empty values are ignored.
///
/// # Errors
/// The message of the error response.
pub fn filter(query: &str) -> Result<Filter, String> {
    let (mut filter, mut limit) = (Filter::default(), LISTED_DEFAULT);
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
        let invalid = |expected: &str| format!("invalid {name}: expected {expected}");
        match &*name {
            "limit" => limit = value.parse().map_err(|_| invalid("an integer"))?,
            "label" => filter.label = Some(value.into_owned()),
            "waiting" => filter.waiting = Some(value.into_owned()),
            "state" => {
                let unknown = || invalid(&format!("one of {}", State::NAMES.join(", ")));
                filter.state = Some(State::from_name(&value).ok_or_else(unknown)?);
            }
            "thread" => filter.thread = Some(value.parse().map_err(|_| invalid("the id of a thread"))?),
            _ => {
                return Err(format!(
                    "unknown parameter {name:?}; expected limit, label, waiting, state or thread"
                ));
            }
        }
    }
    Ok(Filter { limit: Some(limit.min(LISTED_MAX)), ..filter })
}

/// Lists contexts and threads.
pub fn list(server: &Server, mut filter: Filter) -> List {
    let store = server.store;
    let threads = threads(server);
    // Code that a request left behind can block a thread after the request closed. The request is listed until it ends.
    let requests = threads.iter().filter_map(|thread| thread.suspect.as_ref()?.request.as_ref());
    filter.also = requests.map(|request| request.id).collect();
    filter.flags = true;
    filter.waits = true;
    let (in_flight, total) = queries::contexts_and_total(store, &filter);
    List { pid: std::process::id(), now: text::now(), threads, total, in_flight }
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
        let default = Filter { limit: Some(LISTED_DEFAULT), ..Filter::default() };
        assert_eq!(filter(""), Ok(default.clone()));
        assert_eq!(filter("limit=&label="), Ok(default.clone()));
        let label = Some("a & b".to_owned());
        let all =
            Filter { limit: Some(LISTED_MAX), label, state: Some(State::Active), thread: Some(3), ..default };
        assert_eq!(filter("limit=99999&label=a%20%26+b&state=active&thread=3"), Ok(all));
        for wrong in ["limit=-1", "limit=x", "state=busy", "thread=1.5", "thread=4294967296", "what=1"] {
            assert!(filter(wrong).is_err(), "{wrong}");
        }
    }
}
