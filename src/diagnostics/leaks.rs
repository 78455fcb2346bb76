//! `/leaks`: what JavaScript says of requests that stay behind. Only it can say, so the last answer stands in while it is
//! stuck.

use std::time::{Duration, Instant, SystemTime};

use hyper::StatusCode;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::respond::{Answer, json, refusal};
use crate::sync::Mutex;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long an answer is good for: however many ask, JavaScript is asked no more often.
const FRESH: Duration = Duration::from_secs(5);

/// A question that has no answer by then is asked again.
const GIVEN_UP: Duration = Duration::from_secs(60);

struct Known {
    at: Instant,
    as_of: String,
    report: Map<String, Value>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    asked: Option<Instant>,
}

/// The last answer, and who waits for the next.
#[derive(Default)]
pub struct Leaks {
    state: Mutex<State>,
    answered: Notify,
}

impl Leaks {
    /// The answer to a request; `ask` asks JavaScript.
    pub async fn answer(&self, ask: &(dyn Fn() + Send + Sync)) -> Answer {
        let fresh = self.is_fresh();
        if !fresh {
            // Before it is asked, for the answer can come at once.
            let answered = self.answered.notified();
            tokio::pin!(answered);
            answered.as_mut().enable();
            if self.is_first() {
                ask();
            }
            let _ = timeout(PATIENCE, answered).await;
        }
        self.respond()
    }

    /// Takes an answer: the JSON of an object.
    pub fn take(&self, json: String) {
        if let Ok(report) = serde_json::from_str(&json) {
            let as_of = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
            let mut state = self.state.lock();
            state.known = Some(Known { at: Instant::now(), as_of, report });
            state.asked = None;
        }
        self.answered.notify_waiters();
    }

    fn is_fresh(&self) -> bool {
        self.state.lock().known.as_ref().is_some_and(|known| known.at.elapsed() < FRESH)
    }

    /// True for the one who is to ask.
    fn is_first(&self) -> bool {
        let mut state = self.state.lock();
        let first = state.asked.is_none_or(|asked| asked.elapsed() > GIVEN_UP);
        if first {
            state.asked = Some(Instant::now());
        }
        first
    }

    fn respond(&self) -> Answer {
        let state = self.state.lock();
        let Some(known) = &state.known else {
            return refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "only JavaScript knows its leaks, and it has not answered so far; ask again once it runs",
            );
        };
        let mut report = known.report.clone();
        report.insert("asOf".to_owned(), known.as_of.clone().into());
        if known.at.elapsed() >= FRESH {
            report.insert("stale".to_owned(), json!(true));
        }
        json(StatusCode::OK, &report)
    }
}
