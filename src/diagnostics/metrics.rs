//! `/metrics`: the same numbers in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use super::server::Server;
use crate::limits::BUCKETS_MS;
use crate::store::pages::{RequestKind, State};
use crate::store::queries;
use crate::text;

/// The format's content type.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A histogram of milliseconds: [`BUCKETS_MS`] and what is above, and the sum. A whole number: a counter must never go down.
#[derive(Default)]
struct Spread {
    buckets: [u64; BUCKETS_MS.len() + 1],
    sum_ms: u64,
}

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

    fn histogram(&mut self, name: &str, key: &str, text: &str, spread: &Spread) {
        let bounds = BUCKETS_MS.iter().map(|ms| seconds(*ms).to_string()).chain(["+Inf".to_owned()]);
        let mut count = 0;
        for (bound, in_bucket) in bounds.zip(spread.buckets) {
            count += in_bucket;
            self.sample(&format!("{name}_bucket"), &[(key, text), ("le", &bound)], count);
        }
        self.sample(&format!("{name}_sum"), &[(key, text)], seconds(spread.sum_ms));
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
            "Requests and other work since the process started.",
            totals.created,
        ),
        ("onescope_contexts_closed_total", "Those that are over.", totals.closed),
        (
            "onescope_contexts_abandoned_total",
            "Those that were collected though nobody closed them.",
            totals.abandoned,
        ),
        ("onescope_contexts_forked_total", "Forks made of contexts.", totals.forked),
    ] {
        text.single(name, "counter", help, value);
    }
    let in_flight = queries::in_flight(store);
    let name = "onescope_contexts_in_flight";
    text.family(name, "gauge", "Requests and other work that are not closed, by state.");
    for (state, count) in State::NAMES.iter().zip(in_flight.by_state) {
        if !["free", "closed"].contains(state) {
            text.sample(name, &[("state", state)], count);
        }
    }
    let name = "onescope_contexts_in_flight_by_kind";
    text.family(name, "gauge", "Requests and other work that are not closed, by kind.");
    for (kind, count) in RequestKind::NAMES.iter().zip(in_flight.by_kind) {
        text.sample(name, &[("kind", kind)], count);
    }
    text.single(
        "onescope_pages",
        "gauge",
        "Pages of 255 contexts that JavaScript still reaches.",
        counts.live_pages,
    );
    let name = "onescope_context_duration_seconds";
    text.family(name, "histogram", "Time from the making of a context to its close, by label.");
    for (label, spread) in durations(server) {
        text.histogram(name, "label", &label, &spread);
    }
}

/// By label, each of which must be there once: two texts can come out the same, and one can be `other`.
fn durations(server: &Server) -> BTreeMap<String, Spread> {
    let mut by_label: BTreeMap<String, Spread> = BTreeMap::new();
    for each in server.spread.lock().get(server).iter() {
        let spread = by_label.entry(each.latency.label.clone()).or_default();
        spread.sum_ms += each.sum_ms;
        for (sum, count) in spread.buckets.iter_mut().zip(each.buckets) {
            *sum += count;
        }
    }
    by_label
}

fn threads(server: &Server, text: &mut Text) {
    let threads = server.store.threads.list();
    text.single("onescope_threads", "gauge", "JavaScript threads that use the store.", threads.len());
    let loops = server.loops.lock();
    let name = "onescope_thread_blocked_seconds";
    text.family(name, "gauge", "Time for which a thread has been blocked, 0 while its event loop turns.");
    for thread in threads {
        if let Some(ms) = loops.blocked_ms(thread) {
            text.sample(name, &[("thread", &thread.to_string())], seconds(ms));
        }
    }
    let name = "onescope_event_loop_delay_seconds";
    text.family(
        name,
        "histogram",
        "How late the heartbeats of a thread were, of which there are 20 a second.",
    );
    for (thread, delays) in loops.delays() {
        let spread = Spread { buckets: delays.buckets, sum_ms: delays.sum_ms };
        text.histogram(name, "thread", &thread.to_string(), &spread);
    }
    text.single(
        "onescope_debugger_connected",
        "gauge",
        "1 while a debugger is connected, and so no thread counts as blocked.",
        u8::from(server.watchdog.debugger.is_connected()),
    );
    let reports = server.watchdog.totals();
    let name = "onescope_stall_reports_total";
    text.family(
        name,
        "counter",
        "Reports of the watchdog; a long stall has several, and one when it is over.",
    );
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
        let spread = Spread { buckets: [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4], sum_ms: 60_500 };
        text.histogram("t", "label", "a\"b\\c\nd\u{202e}", &spread);
        let lines: Vec<&str> = text.0.lines().collect();
        assert_eq!(lines.len(), 13);
        assert_eq!(lines[0], r#"t_bucket{label="a\"b\\c?d?",le="0.01"} 1"#);
        assert_eq!(lines[2], r#"t_bucket{label="a\"b\\c?d?",le="0.05"} 3"#);
        assert_eq!(lines[10], r#"t_bucket{label="a\"b\\c?d?",le="+Inf"} 7"#);
        assert_eq!(lines[11], r#"t_sum{label="a\"b\\c?d?"} 60.5"#);
        assert_eq!(lines[12], r#"t_count{label="a\"b\\c?d?"} 7"#);
    }
}
