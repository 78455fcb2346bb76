//! `/leaks`: what JavaScript knows of requests that stay behind. Only it knows which are still held; while it is blocked, the
//! last data is used.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use hyper::StatusCode;
use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::never_closed::{self, Group};
use super::respond::{HttpResponse, JSON, content, error};
use crate::limits::LEAK_ROWS;
use crate::store::Store;
use crate::sync::Mutex;

/// How long a request waits for JavaScript.
const WAIT: Duration = Duration::from_millis(100);

/// How long data of JavaScript, or a failure to get it, is used: JavaScript is asked no more often than this.
const FRESH: Duration = Duration::from_secs(5);

/// JavaScript is asked again if it has sent nothing by then.
const GIVEN_UP: Duration = Duration::from_secs(60);

#[derive(Clone)]
struct Known {
    at: Instant,
    as_of: Arc<str>,
    // An object with at least one field.
    report: Arc<str>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    asked: Option<Instant>,
    waiting: bool,
}

/// The last data of JavaScript, and the requests that wait for the next.
#[derive(Default)]
pub struct Leaks {
    // JavaScript takes it too, to send its data, so it is held for no longer than it takes to copy a few words.
    state: Mutex<State>,
    answered: Notify,
}

/// What is known without JavaScript.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rest<'a> {
    as_of: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
    never_closed: Vec<Group>,
    never_closed_total: usize,
}

impl Leaks {
    /// Waits until the last data is fresh, or for as long as a request can; `ask` sends the request to JavaScript.
    pub async fn refresh(&self, ask: &(dyn Fn() + Send + Sync)) {
        if self.is_fresh() {
            return;
        }
        // Before it is asked, because the data can come at once.
        let answered = self.answered.notified();
        tokio::pin!(answered);
        answered.as_mut().enable();
        if self.is_first() {
            ask();
        }
        let _ = timeout(WAIT, answered).await;
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
        let mut never_closed = never_closed::groups(store);
        let never_closed_total = never_closed.len();
        never_closed.truncate(LEAK_ROWS);
        let stale = known.at.elapsed() >= FRESH;
        let rest = Rest { as_of: &known.as_of, stale, never_closed, never_closed_total };
        let rest = serde_json::to_string(&rest).expect("its keys are strings");
        content(StatusCode::OK, JSON, joined(&rest, &known.report))
    }

    /// Takes data: the JSON of an object with at least one field, or none if JavaScript failed to make one.
    pub fn take(&self, report: Option<String>) {
        let known = report.map(|report| Known {
            at: Instant::now(),
            as_of: humantime::format_rfc3339_millis(SystemTime::now()).to_string().into(),
            report: report.into(),
        });
        {
            let mut state = self.state.lock();
            state.waiting = false;
            if known.is_some() {
                state.known = known;
            }
        }
        self.answered.notify_waiters();
    }

    fn is_fresh(&self) -> bool {
        self.state.lock().known.as_ref().is_some_and(|known| known.at.elapsed() < FRESH)
    }

    /// True for the request that must get data from JavaScript.
    fn is_first(&self) -> bool {
        let mut state = self.state.lock();
        let rest = if state.waiting { GIVEN_UP } else { FRESH };
        let first = state.asked.is_none_or(|asked| asked.elapsed() >= rest);
        if first {
            (state.asked, state.waiting) = (Some(Instant::now()), true);
        }
        first
    }
}

/// One object of two, each with at least one field.
fn joined(first: &str, second: &str) -> String {
    let (first, second) =
        (first.strip_suffix('}').unwrap_or(first), second.strip_prefix('{').unwrap_or(second));
    format!("{first},{second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_one_object() {
        let joined: serde_json::Value =
            serde_json::from_str(&joined(r#"{"a":[{}]}"#, r#"{"b":{"c":1}}"#)).unwrap();
        assert_eq!(joined, serde_json::json!({ "a": [{}], "b": { "c": 1 } }));
    }

    #[test]
    fn javascript_is_asked_once_and_rests_after_a_failure() {
        let leaks = Leaks::default();
        assert!(leaks.is_first() && !leaks.is_first());
        leaks.take(None);
        assert!(!leaks.is_fresh() && !leaks.is_first());
        assert!(!leaks.state.lock().waiting, "so it can be asked in 5 s, not 60");
        assert_eq!(leaks.respond(&Store::new()).status(), StatusCode::SERVICE_UNAVAILABLE);
        leaks.take(Some(r#"{"held":[]}"#.to_owned()));
        assert!(leaks.is_fresh());
        assert_eq!(leaks.respond(&Store::new()).status(), StatusCode::OK);
    }
}
