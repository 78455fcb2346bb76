//! `/leaks`: what JavaScript knows of requests that stay behind. Only it knows which are still held; while it is blocked, the
//! last data is used.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::respond::{HttpResponse, error, json};
use crate::limits::LEAK_ROWS;
use crate::store::Store;
use crate::store::never_closed::{self, Group};
use crate::sync::Mutex;
use crate::text;

/// How long a request waits for JavaScript.
const WAIT: Duration = Duration::from_millis(100);

/// How long data of JavaScript, or a failure to get it, is used: It is requested from JavaScript no more often than this.
const FRESH: Duration = Duration::from_secs(5);

/// The request is repeated if JavaScript has sent nothing by then.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// A request that was not entered for this long counts as never closed, ms; the default of `leaks()` in JavaScript is the
/// same.
const IDLE_MS: u32 = 60_000;

#[derive(Clone)]
struct Known {
    at: Instant,
    as_of: String,
    report: Arc<str>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    requested: Option<Instant>,
    waiting: bool,
}

/// The last data of JavaScript, and the requests that wait for the next.
#[derive(Default)]
pub struct Leaks {
    // JavaScript takes it too, to send its data, so it is held for no longer than it takes to copy a few words.
    state: Mutex<State>,
    arrived: Notify,
}

/// The response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(flatten)]
    report: Map<String, Value>,
    as_of: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
    never_closed: Vec<Group>,
    never_closed_total: usize,
}

impl Leaks {
    /// Waits until the last data is fresh, or for as long as a client can; `request` has JavaScript send it.
    pub async fn refresh(&self, request: &(dyn Fn() + Send + Sync)) {
        if self.is_fresh() {
            return;
        }
        // Before the request, because the data can come at once.
        let arrived = self.arrived.notified();
        tokio::pin!(arrived);
        arrived.as_mut().enable();
        if self.is_first() {
            request();
        }
        let _ = timeout(WAIT, arrived).await;
    }

    /// The response of `/leaks`.
    pub fn respond(&self, store: &Store) -> HttpResponse {
        let known = self.state.lock().known.clone();
        let Some(known) = known else {
            return error(
                StatusCode::SERVICE_UNAVAILABLE,
                "JavaScript has not reported its leaks yet; retry once its event loop runs",
            );
        };
        let mut never_closed = never_closed::groups(store, IDLE_MS);
        let never_closed_total = never_closed.len();
        never_closed.truncate(LEAK_ROWS);
        let stale = known.at.elapsed() >= FRESH;
        let report = serde_json::from_str(&known.report).unwrap_or_default();
        let as_of = &known.as_of;
        json(StatusCode::OK, &Response { report, as_of, stale, never_closed, never_closed_total })
    }

    /// Takes data: the JSON of an object, or none if JavaScript failed to make one.
    pub fn take(&self, report: Option<String>) {
        let known =
            report.map(|report| Known { at: Instant::now(), as_of: text::now(), report: report.into() });
        {
            let mut state = self.state.lock();
            state.waiting = false;
            if known.is_some() {
                state.known = known;
            }
        }
        self.arrived.notify_waiters();
    }

    fn is_fresh(&self) -> bool {
        self.state.lock().known.as_ref().is_some_and(|known| known.at.elapsed() < FRESH)
    }

    /// True for the client that must send JavaScript a request.
    fn is_first(&self) -> bool {
        let mut state = self.state.lock();
        let rest = if state.waiting { GIVEN_UP } else { FRESH };
        let first = state.requested.is_none_or(|requested| requested.elapsed() >= rest);
        if first {
            (state.requested, state.waiting) = (Some(Instant::now()), true);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_is_sent_and_the_next_after_a_rest() {
        let leaks = Leaks::default();
        assert!(leaks.is_first() && !leaks.is_first());
        leaks.take(None);
        assert!(!leaks.is_fresh() && !leaks.is_first());
        assert!(!leaks.state.lock().waiting, "so the next request is sent in 5 s, not 60");
        assert_eq!(leaks.respond(&Store::new()).status(), StatusCode::SERVICE_UNAVAILABLE);
        leaks.take(Some(r#"{"held":[]}"#.to_owned()));
        assert!(leaks.is_fresh());
        assert_eq!(leaks.respond(&Store::new()).status(), StatusCode::OK);
    }
}
