//! `/metrics`: the same numbers in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use super::server::Server;
use crate::latency::Buckets;
use crate::limits::BUCKETS_MS;
use crate::store::pages::{RequestKind, State};
use crate::store::queries;
use crate::text;

/// The format's content type.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (index, (key, text)) in labels.iter().enumerate() {
            let open = if index == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{key}=\"{}\"", escaped(text));
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    /// A family of one sample.
    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    fn histogram(&mut self, name: &str, key: &str, text: &str, buckets: &Buckets) {
        let bounds = BUCKETS_MS.iter().map(|ms| seconds(*ms).to_string()).chain(["+Inf".to_owned()]);
        let mut count = 0;
        for (bound, in_bucket) in bounds.zip(buckets.counts) {
            count += in_bucket;
            self.sample(&format!("{name}_bucket"), &[(key, text), ("le", &bound)], count);
        }
        self.sample(&format!("{name}_sum"), &[(key, text)], seconds(buckets.sum_ms));
        self.sample(&format!("{name}_count"), &[(key, text)], count);
    }
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

fn escaped(text: &str) -> String {
    // A newline, which the format would have escaped, is unsafe too.
    text::clean(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// All metrics.
pub fn text(server: &Server) -> String {
    let mut text = Text::default();
    text.family("onescope_info", "gauge", "Version of onescope.");
    text.sample("onescope_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    contexts(server, &mut text);
    threads(server, &mut text);
    text.0
}

fn contexts(server: &Server, text: &mut Text) {
    let store = server.store;
    let counts = queries::counts(store);
    let totals = counts.totals;
    for (name, help, value) in [
        (
            "onescope_contexts_created_total",
            "Requests and tasks created since the process started.",
            totals.created,
        ),
        ("onescope_contexts_closed_total", "Requests and tasks that closed.", totals.closed),
        (
            "onescope_contexts_abandoned_total",
            "Requests and tasks that were garbage-collected without being closed.",
            totals.abandoned,
        ),
        (
            "onescope_contexts_children_total",
            "Child contexts created since the process started.",
            totals.children,
        ),
    ] {
        text.single(name, "counter", help, value);
    }
    let in_flight = queries::in_flight(store);
    let name = "onescope_contexts_in_flight";
    text.family(name, "gauge", "Requests and tasks in flight, by state.");
    for state in [State::Created, State::Active, State::Responded] {
        let count = in_flight.by_state.get(&state).unwrap_or(&0);
        text.sample(name, &[("state", state.name())], count);
    }
    let name = "onescope_contexts_in_flight_by_kind";
    text.family(name, "gauge", "Requests and tasks in flight, by kind.");
    for kind in RequestKind::ALL.iter().filter(|kind| **kind != RequestKind::Outgoing) {
        let count = in_flight.by_kind.get(kind).unwrap_or(&0);
        text.sample(name, &[("kind", kind.name())], count);
    }
    let name = "onescope_outgoing_in_flight";
    text.family(
        name,
        "gauge",
        "Calls to other servers, connections and child processes in flight, by target.",
    );
    for (target, count) in queries::outgoing(store) {
        text.sample(name, &[("target", &target)], count);
    }
    text.single("onescope_pages", "gauge", "Pages in use, of up to 255 records each.", counts.live_pages);
    let name = "onescope_context_duration_seconds";
    text.family(name, "histogram", "Latency of requests and tasks, by label.");
    for (label, buckets) in durations(server) {
        text.histogram(name, "label", &label, &buckets);
    }
}

/// By label, each of which must be there once: two texts can come out the same, and one can be `other`.
fn durations(server: &Server) -> BTreeMap<String, Buckets> {
    let mut by_label: BTreeMap<String, Buckets> = BTreeMap::new();
    for each in server.distributions.lock().get(server).iter() {
        by_label.entry(each.latency.label.clone()).or_default().add(&each.buckets);
    }
    by_label
}

fn threads(server: &Server, text: &mut Text) {
    let threads = server.store.threads.list();
    text.single("onescope_threads", "gauge", "JavaScript threads that use onescope.", threads.len());
    let loops = server.loops.lock();
    let name = "onescope_thread_blocked_seconds";
    text.family(name, "gauge", "How long a thread has been blocked. 0 while its event loop turns.");
    for thread in threads {
        if let Some(ms) = loops.blocked_ms(thread) {
            text.sample(name, &[("thread", &thread.to_string())], seconds(ms));
        }
    }
    let name = "onescope_event_loop_delay_seconds";
    text.family(name, "histogram", "Event loop delay of a thread, measured by 20 heartbeats per second.");
    for (thread, delays) in loops.delays() {
        text.histogram(name, "thread", &thread.to_string(), delays);
    }
    text.single(
        "onescope_debugger_connected",
        "gauge",
        "1 while a debugger is connected. No thread counts as blocked then.",
        u8::from(server.watchdog.debugger.is_connected()),
    );
    let reports = server.watchdog.totals();
    let name = "onescope_stall_reports_total";
    text.family(name, "counter", "Reports of the watchdog. A long stall has several, and one when it ends.");
    for (kind, count) in
        [("stall", reports.stall), ("recovered", reports.recovered), ("ended", reports.ended)]
    {
        text.sample(name, &[("report", kind)], count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_are_cumulative_and_labels_escaped() {
        let mut text = Text::default();
        let buckets = Buckets { counts: [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4], sum_ms: 60_500 };
        text.histogram("t", "label", "a\"b\\c\nd\u{202e}", &buckets);
        let lines: Vec<&str> = text.0.lines().collect();
        assert_eq!(lines.len(), 13);
        assert_eq!(lines[0], r#"t_bucket{label="a\"b\\c?d?",le="0.01"} 1"#);
        assert_eq!(lines[2], r#"t_bucket{label="a\"b\\c?d?",le="0.05"} 3"#);
        assert_eq!(lines[10], r#"t_bucket{label="a\"b\\c?d?",le="+Inf"} 7"#);
        assert_eq!(lines[11], r#"t_sum{label="a\"b\\c?d?"} 60.5"#);
        assert_eq!(lines[12], r#"t_count{label="a\"b\\c?d?"} 7"#);
    }
}
