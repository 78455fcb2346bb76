//! The reports of a stall.

use std::iter::successors;

use serde::Serialize;

use super::reading::EntryMarker;
use super::stall::Response;
use crate::limits::PARENTS;
use crate::store::Store;
use crate::store::clock::Clock;
use crate::store::pages::record::word;
use crate::store::pages::{ContextId, RecordRef, State};
use crate::text;

/// How sure it is that the request blocks the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The thread itself responded so while it was blocked.
    Exact,
    /// The thread marked the call before it entered it.
    #[serde(rename = "in-call")]
    InCall,
    /// The thread entered that request last; another may run by now.
    LastSeen,
}

/// The request of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Its id.
    pub id: u64,
    /// What a person recognises it by.
    pub label: String,
    /// When it was reported. Code that blocks can run after the response.
    pub state: &'static str,
    /// Milliseconds since it was made.
    pub age_ms: u32,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "onescope", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Report {
    /// A thread is blocked.
    Stall {
        /// Id of the thread.
        thread: u32,
        /// Milliseconds since its last heartbeat.
        blocked_ms: u64,
        /// How sure the request is.
        confidence: Confidence,
        /// What blocks it, if it is a request that is known.
        request: Option<Request>,
        /// The blocking call, if it is marked.
        call: Option<String>,
        /// Functions, innermost first; empty if unknown.
        stack: Vec<String>,
        /// Other requests of that thread that have not responded.
        waiting: usize,
        /// Stalls that were rate-limited since the last one reported.
        #[serde(skip_serializing_if = "is_zero")]
        suppressed: u32,
        /// The inspector port, while one is open.
        #[serde(skip_serializing_if = "Option::is_none")]
        inspector_port: Option<u16>,
    },
    /// It runs again.
    Recovered {
        /// Id of the thread.
        thread: u32,
        /// Milliseconds between the two heartbeats.
        blocked_ms: u64,
        /// What the last line named.
        request: Option<Request>,
    },
    /// The thread ended while it was blocked.
    Ended {
        /// Id of the thread.
        thread: u32,
        /// Milliseconds since its last heartbeat.
        blocked_ms: u64,
        /// What the last line named.
        request: Option<Request>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Report {
    /// Id of the thread.
    pub fn thread(&self) -> u32 {
        match self {
            Report::Stall { thread, .. }
            | Report::Recovered { thread, .. }
            | Report::Ended { thread, .. } => *thread,
        }
    }

    /// The line as JSON, without a newline.
    pub fn line(&self) -> String {
        // Strings and numbers only, so nothing in it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What names the cause of a stall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The context that the thread entered last; 0 for none.
    pub seen: u64,
    /// The call that it is in.
    pub marker: Option<EntryMarker>,
    /// Its response.
    pub response: Option<Response>,
}

impl Evidence {
    /// The context that it points to: the request itself, a child of it, or work inside it; 0 for none.
    pub fn id(&self) -> u64 {
        // A response about something else than the marker is the later of the two.
        match (&self.response, &self.marker) {
            (Some(response), _) => response.id,
            (None, Some(marker)) => marker.id,
            (None, None) => self.seen,
        }
    }
}

/// Makes the line of a stall. `calls` are the names of blocking calls; the first has the code 1. `inspector_port` is the
/// one that is open, if any.
pub fn stall(
    store: &Store,
    calls: &[String],
    thread: u32,
    blocked_ms: u64,
    suppressed: u32,
    evidence: Evidence,
    inspector_port: Option<u16>,
) -> Report {
    let id = evidence.id();
    let (confidence, call, stack) = match (evidence.marker, evidence.response) {
        (Some(marker), Some(response)) if response.id != marker.id => {
            (Confidence::Exact, None, response.stack)
        }
        (Some(marker), response) => {
            let name = usize::try_from(marker.call).ok().and_then(|code| calls.get(code.checked_sub(1)?));
            let stack = response.map_or_else(Vec::new, |response| response.stack);
            (Confidence::InCall, name.cloned(), stack)
        }
        (None, Some(response)) => (Confidence::Exact, None, response.stack),
        (None, None) => (Confidence::LastSeen, None, Vec::new()),
    };
    let root = root(store, id);
    // A finished request that was entered last means nothing; one whose late work blocks does.
    let root =
        root.filter(|(_, found)| confidence != Confidence::LastSeen || found.record().state().is_in_flight());
    let waiting = waiting(store, thread, root.as_ref().map(|(id, _)| *id));
    let request = root.map(|(id, found)| describe(store, id, &found));
    // Functions and files are named by the program. One place cleans them, before any reader of a report.
    let call = call.as_deref().map(text::clean);
    let stack = stack.iter().map(|line| text::clean(line)).collect();
    Report::Stall {
        thread,
        blocked_ms,
        confidence,
        request,
        call,
        stack,
        waiting,
        suppressed,
        inspector_port,
    }
}

/// The request that a context serves: itself, or its parent, as far as that is still there.
fn root(store: &Store, id: u64) -> Option<(u64, RecordRef)> {
    let find = |id| Some((id, store.pages.resolve(ContextId::new(id).ok()?).ok()?));
    successors(find(id), |(_, found): &(u64, RecordRef)| found.record().parent().and_then(find))
        .take(PARENTS + 1)
        .last()
}

fn describe(store: &Store, id: u64, found: &RecordRef) -> Request {
    let record = found.record();
    let (label, state, started) = (record.label(), record.state().name(), record.word(word::STARTED));
    Request { id, label, state, age_ms: Clock::age_ms(started, store.threads.clock().now_ms()) }
}

fn waiting(store: &Store, thread: u32, but: Option<u64>) -> usize {
    let (pages, _) = store.pages.snapshot();
    let mut count = 0;
    for page in pages.iter().filter(|page| page.thread() == thread) {
        for (index, record) in page.records() {
            // No client waits for a request that has responded.
            let waits = matches!(record.state(), State::Created | State::Active) && record.parent().is_none();
            if waits && Some(ContextId::of(page.id(), index).get()) != but {
                count += 1;
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::Page;
    use crate::store::pages::record::byte;

    fn make(page: &Page, state: u8, parent: u64, label: &str) -> u64 {
        let index = page.cursor();
        let record = page.record(index);
        record.set_byte(byte::STATE, state);
        record.set_word(word::PARENT_LOW, parent as u32);
        record.set_word(word::STARTED, 1);
        record.set_label(label);
        page.set_cursor(index + 1);
        ContextId::of(page.id(), index).get()
    }

    fn report_of(store: &Store, evidence: Evidence) -> serde_json::Value {
        let calls = ["fs.readFileSync".to_owned(), "Atomics.wait".to_owned()];
        serde_json::from_str(&stall(store, &calls, 0, 1012, 0, evidence, None).line()).unwrap()
    }

    const NOTHING: Evidence = Evidence { seen: 0, marker: None, response: None };

    fn response(id: u64) -> Option<Response> {
        Some(Response {
            thread: 0,
            probe: 1,
            heartbeat: 1,
            id,
            stack: vec!["heavy (app/report.js:10:3)".to_owned()],
        })
    }

    #[test]
    fn a_response_names_the_request_of_its_child() {
        let store = Store::new();
        let page = store.pages.allocate(0).unwrap();
        let other = store.pages.allocate(1).unwrap();
        let request = make(&page, 2, 0, "GET /report");
        let child = make(&page, 2, request, "");
        make(&page, 2, 0, "GET /");
        make(&page, 3, 0, "GET /responded");
        make(&page, 4, 0, "GET /over");
        make(&other, 2, 0, "GET /elsewhere");
        let line = report_of(&store, Evidence { response: response(child), ..NOTHING });
        assert_eq!(line["onescope"], "stall");
        assert_eq!(line["confidence"], "exact");
        assert_eq!(
            (&line["request"]["id"], &line["request"]["label"]),
            (&request.into(), &"GET /report".into())
        );
        assert_eq!(line["request"]["state"], "active");
        assert!(line["request"]["ageMs"].is_u64());
        assert_eq!(
            (&line["thread"], &line["blockedMs"], &line["waiting"]),
            (&0.into(), &1012.into(), &1.into())
        );
        assert_eq!(line["stack"], serde_json::json!(["heavy (app/report.js:10:3)"]));
        assert!(line["call"].is_null() && line.get("suppressed").is_none());
    }

    #[test]
    fn nothing_in_a_line_is_unsafe_to_show() {
        let store = Store::new();
        let page = store.pages.allocate(0).unwrap();
        let request = make(&page, 2, 0, "GET /\u{202e}\u{7f}");
        let odd = Response {
            stack: vec!["a\u{61c}b\n (\u{9b}31m.js:1:1)".to_owned()],
            ..response(request).unwrap()
        };
        let line = report_of(&store, Evidence { response: Some(odd), ..NOTHING });
        assert_eq!(line["request"]["label"], "GET /??");
        assert_eq!(line["stack"], serde_json::json!(["a?b? (?31m.js:1:1)"]));
    }

    #[test]
    fn a_marker_names_the_call_and_takes_the_stack_of_a_response_that_agrees() {
        let store = Store::new();
        let page = store.pages.allocate(0).unwrap();
        let (one, two) = (make(&page, 2, 0, "one"), make(&page, 2, 0, "two"));
        let marker =
            |id| Evidence { seen: two, marker: Some(EntryMarker { call: 2, id }), response: response(one) };
        let agreed = report_of(&store, marker(one));
        assert_eq!((&agreed["confidence"], &agreed["call"]), (&"in-call".into(), &"Atomics.wait".into()));
        assert_eq!(
            (&agreed["request"]["label"], agreed["stack"].as_array().unwrap().len()),
            (&"one".into(), 1)
        );
        let moved = report_of(&store, marker(two));
        assert_eq!((&moved["confidence"], &moved["request"]["label"]), (&"exact".into(), &"one".into()));
        assert!(moved["call"].is_null());
        let no_request = report_of(&store, Evidence { response: None, ..marker(0) });
        assert_eq!(
            (&no_request["confidence"], &no_request["call"]),
            (&"in-call".into(), &"Atomics.wait".into())
        );
        assert!(no_request["request"].is_null());
        let unknown = Some(EntryMarker { call: 9, id: one });
        assert!(report_of(&store, Evidence { marker: unknown, ..NOTHING })["call"].is_null());
    }

    #[test]
    fn what_was_seen_last_counts_only_while_it_is_in_flight() {
        let store = Store::new();
        let page = store.pages.allocate(0).unwrap();
        let (open, closed) = (make(&page, 3, 0, "open"), make(&page, 4, 0, "closed"));
        let line = report_of(&store, Evidence { seen: open, ..NOTHING });
        assert_eq!((&line["confidence"], &line["request"]["label"]), (&"last-seen".into(), &"open".into()));
        for seen in [closed, 0, 1, 99_999_999] {
            let line = report_of(&store, Evidence { seen, ..NOTHING });
            assert_eq!(
                (&line["confidence"], &line["request"]),
                (&"last-seen".into(), &serde_json::Value::Null)
            );
        }
    }

    #[test]
    fn a_confirmed_cause_counts_also_once_it_is_closed() {
        let store = Store::new();
        let page = store.pages.allocate(0).unwrap();
        for (state, name) in [(3, "responded"), (4, "closed")] {
            let id = make(&page, state, 0, "late");
            let line = report_of(&store, Evidence { response: response(id), ..NOTHING });
            assert_eq!(
                (&line["request"]["label"], &line["request"]["state"]),
                (&"late".into(), &name.into())
            );
        }
    }

    #[test]
    fn other_lines_are_short() {
        let recovered = Report::Recovered { thread: 1, blocked_ms: 5034, request: None };
        assert_eq!(
            recovered.line(),
            r#"{"onescope":"recovered","thread":1,"blockedMs":5034,"request":null}"#
        );
        assert!(
            Report::Ended { thread: 1, blocked_ms: 1, request: None }
                .line()
                .contains(r#""onescope":"ended""#)
        );
    }
}
