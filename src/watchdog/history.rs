//! The last reports, for the diagnostics server.

use std::collections::VecDeque;
use std::time::Instant;

use serde::Serialize;

use super::report::Report;
use crate::limits::REPORTS_KEPT;
use crate::text;

/// A report and its time.
#[derive(Debug, Clone, Serialize)]
pub struct TimedReport {
    /// The report.
    #[serde(flatten)]
    pub report: Report,
    /// When, for people: ISO 8601 with milliseconds, UTC.
    pub at: String,
    /// When, for comparing.
    #[serde(skip)]
    pub instant: Instant,
}

/// How many reports there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Reports of a stall; a long one has several.
    pub stall: u64,
    /// Stalls from which the thread recovered.
    pub recovered: u64,
    /// Stalls in which the thread ended.
    pub ended: u64,
}

#[derive(Default)]
pub struct History {
    reports: VecDeque<TimedReport>,
    totals: Totals,
}

impl History {
    /// Adds a report of now.
    pub fn add(&mut self, report: Report) {
        match report {
            Report::Stall { .. } => self.totals.stall += 1,
            Report::Recovered { .. } => self.totals.recovered += 1,
            Report::Ended { .. } => self.totals.ended += 1,
        }
        if self.reports.len() == REPORTS_KEPT {
            self.reports.pop_front();
        }
        self.reports.push_back(TimedReport { report, at: text::now(), instant: Instant::now() });
    }

    /// The last ones, oldest first.
    pub fn list(&self) -> Vec<TimedReport> {
        self.reports.iter().cloned().collect()
    }

    /// How many there were.
    pub fn totals(&self) -> Totals {
        self.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_ones_and_counts_all() {
        let mut history = History::default();
        for thread in 0..REPORTS_KEPT as u32 + 3 {
            history.add(Report::Recovered { thread, blocked_ms: 1, request: None });
        }
        history.add(Report::Ended { thread: 0, blocked_ms: 1, request: None });
        let list = history.list();
        assert_eq!(list.len(), REPORTS_KEPT);
        assert!(matches!(list[0].report, Report::Recovered { thread: 4, .. }));
        assert_eq!(history.totals(), Totals { stall: 0, recovered: REPORTS_KEPT as u64 + 3, ended: 1 });
        let json = serde_json::to_value(&list[REPORTS_KEPT - 1]).unwrap();
        assert_eq!((&json["onescope"], &json["thread"]), (&"ended".into(), &0.into()));
        assert!(json["at"].as_str().unwrap().ends_with('Z'), "{json}");
    }
}
