//! Requests that were never closed and whose page is gone, by label.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::page::Page;
use crate::limits::ABANDONED_LABELS;
use crate::store::clock::Clock;

/// Where labels beyond the bound are counted.
const OTHERS: &str = "other";

/// The abandoned requests of one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Their label, or their kind if they had none.
    pub label: String,
    /// How many.
    pub count: u64,
    /// Milliseconds since the first of them was made.
    pub oldest_ms: u64,
}

/// Counts by label, for at most `ABANDONED_LABELS` labels and one place for all others.
#[derive(Clone, Default)]
pub struct Abandoned {
    // How many, and when the first was made.
    groups: BTreeMap<String, (u64, Instant)>,
}

impl Abandoned {
    /// Adds the requests of a page that is gone; `now_ms` is the coarse clock's reading.
    pub fn count(&mut self, page: &Page, now_ms: u32) {
        let now = Instant::now();
        for (_, record) in page.records() {
            if !record.state().is_in_flight() || record.parent().is_some() {
                continue;
            }
            let age = Duration::from_millis(u64::from(Clock::age_ms(
                record.word(super::record::word::STARTED),
                now_ms,
            )));
            let label = record.label();
            self.add(
                if label.is_empty() { record.kind().name() } else { &label },
                now.checked_sub(age).unwrap_or(now),
            );
        }
    }

    fn add(&mut self, label: &str, made: Instant) {
        let known = self.groups.contains_key(label) || self.groups.len() < ABANDONED_LABELS;
        let (count, first) =
            self.groups.entry(if known { label } else { OTHERS }.to_owned()).or_insert((0, made));
        *count += 1;
        *first = made.min(*first);
    }

    /// The groups, the largest first.
    pub fn list(&self) -> Vec<Group> {
        let group = |(label, (count, first)): (&String, &(u64, Instant))| Group {
            label: label.clone(),
            count: *count,
            oldest_ms: u64::try_from(first.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let mut groups: Vec<Group> = self.groups.iter().map(group).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::record::{byte, word};

    fn add(page: &Page, state: u8, label: &str, started: u32, parent: u32) {
        let index = page.cursor();
        let record = page.record(index);
        record.set_byte(byte::STATE, state);
        record.set_word(word::STARTED, started);
        record.set_word(word::PARENT_LOW, parent);
        record.set_label(label);
        page.set_cursor(index + 1);
    }

    #[test]
    fn only_requests_that_nobody_closed_are_counted() {
        let page = Page::new(1, 0).unwrap();
        add(&page, 2, "GET /a", 4_000, 0);
        add(&page, 3, "GET /a", 9_000, 0);
        add(&page, 1, "", 9_000, 0);
        add(&page, 4, "GET /closed", 0, 0);
        add(&page, 2, "GET /child", 0, 257);
        let mut abandoned = Abandoned::default();
        abandoned.count(&page, 10_000);
        let found = abandoned.list();
        let names: Vec<_> = found.iter().map(|group| (group.label.as_str(), group.count)).collect();
        assert_eq!(names, [("GET /a", 2), ("other", 1)]);
        // And what the test takes.
        assert!(found[0].oldest_ms >= 6000 && found[1].oldest_ms >= 1000);
        assert!(found[0].oldest_ms - found[1].oldest_ms > 4000);
    }

    #[test]
    fn labels_beyond_the_bound_share_one_place() {
        let mut abandoned = Abandoned::default();
        for index in 0..ABANDONED_LABELS + 3 {
            abandoned.add(&format!("GET /{index}"), Instant::now());
        }
        abandoned.add("GET /0", Instant::now());
        let found = abandoned.list();
        assert_eq!(found.len(), ABANDONED_LABELS + 1);
        assert_eq!((found[0].label.as_str(), found[0].count), (OTHERS, 3));
        assert_eq!(found.iter().find(|group| group.label == "GET /0").map(|group| group.count), Some(2));
    }
}
