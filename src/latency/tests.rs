//! Tests of the latencies.

use std::collections::BTreeMap;
use std::ops::Deref;

use super::{Latencies, LatencyTable};
use crate::limits::{LATENCY_LABELS, PAGE_RECORDS};
use crate::store::clock::Clock;
use crate::store::pages::record::{BORROWED_LABEL, OWN_LABEL, PATH_LABEL, byte, word};
use crate::store::pages::{Page, PageTable, State};

/// Pages, and the latencies that are counted of them.
#[derive(Default)]
struct Pages {
    table: PageTable,
    latency: LatencyTable,
}

impl Pages {
    fn latencies(&self) -> Latencies {
        self.latency.read(&self.table)
    }

    fn settle(&self) {
        self.table.settle(Clock::start(), |page| self.latency.count(page));
    }
}

impl Deref for Pages {
    type Target = PageTable;

    fn deref(&self) -> &PageTable {
        &self.table
    }
}

fn make(page: &Page, label: &str, state: State, ms: u32) -> usize {
    let index = page.cursor();
    let record = page.record(index);
    record.set_word(word::STARTED, 5);
    record.set_word(word::TOUCHED, 5 + ms);
    record.set_label(label);
    record.set_byte(byte::STATE, state as u8);
    page.set_cursor(index + 1);
    index
}

#[test]
fn each_closed_context_counts_once_whether_its_page_is_live_or_gone() {
    let table = Pages::default();
    let (gone, live) = (table.allocate(0).unwrap(), table.allocate(0).unwrap());
    for ms in 1..=100 {
        make(&gone, "GET /a", State::Closed, ms * 10);
    }
    make(&gone, "GET /a", State::Active, 7);
    make(&live, "GET /b", State::Closed, 30);
    let child = make(&live, "GET /b", State::Closed, 40);
    live.record(child).set_word(word::PARENT_LOW, 257);
    let part = make(&live, "GET /b", State::Closed, 50);
    live.record(part).set_word(word::PARENT_LOW, 257);
    live.record(part).set_byte(byte::INNER, BORROWED_LABEL);
    let inner = make(&live, "job", State::Closed, 0);
    live.record(inner).set_word(word::PARENT_LOW, 257);
    live.record(inner).set_byte(byte::INNER, OWN_LABEL);
    let before = table.latencies().list();
    assert_eq!(table.release(gone.id()), Some(1));
    assert_eq!(table.latencies().list(), before);
    table.settle();
    assert_eq!(table.latencies().list(), before);
    assert_eq!(
        before.iter().map(|l| (l.label.as_str(), l.count)).collect::<Vec<_>>(),
        [("GET /a", 100), ("GET /b", 1), ("job", 1)]
    );
    let a = &before[0];
    for (found, expected) in [(a.p50, 500), (a.p90, 900), (a.p99, 990), (a.max, 1000)] {
        assert!(found.abs_diff(expected) * 100 <= expected, "{found} for {expected}");
    }
    assert!((a.mean - 505.0).abs() < 1e-9);
    assert_eq!((before[2].p50, before[2].max), (0, 0));
    let spread = table.latencies().distributions();
    assert_eq!(spread[0].latency, before[0]);
    assert_eq!(spread[0].buckets.sum_ms, 50_500);
    assert_eq!(spread[0].buckets.counts, [1, 1, 3, 5, 15, 25, 50, 0, 0, 0, 0]);
    assert_eq!(spread[2].buckets.counts, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn no_label_loses_counts_whichever_page_is_counted_first() {
    let table = Pages::default();
    let (old, new) = (table.allocate(0).unwrap(), table.allocate(0).unwrap());
    // Half of the places go to one page and half to the other, and what is left over stays free.
    let half = LATENCY_LABELS / 2;
    for index in 0..half {
        make(&old, &format!("old {index}"), State::Closed, 10);
    }
    let mut before = table.latencies().distributions();
    let mut step = |what: &str| {
        let now = table.latencies().distributions();
        for was in &before {
            let is = now.iter().find(|is| is.latency.label == was.latency.label);
            let is = is.unwrap_or_else(|| panic!("{} is gone after {what}", was.latency.label));
            assert!(
                is.latency.count >= was.latency.count && is.buckets.sum_ms >= was.buckets.sum_ms,
                "{what}: {is:?}"
            );
            assert!(
                is.buckets.counts.iter().zip(was.buckets.counts).all(|(is, was)| *is >= was),
                "{what}: {is:?}"
            );
        }
        before = now;
    };
    for index in 0..half {
        make(&new, &format!("new {index}"), State::Closed, 10);
    }
    step("more labels");
    // They come first in the scan, and too late for a place.
    for index in 0..half {
        make(&old, &format!("late {index}"), State::Closed, 10);
    }
    step("labels of an older page");
    table.release(old.id()).unwrap();
    step("its release");
    table.settle();
    step("its counting");
    for _ in 0..50 {
        make(&new, "new 1", State::Closed, 0);
        step("contexts that took no time");
    }
}

#[test]
fn paths_of_any_number_share_one_name_for_each_method() {
    let table = Pages::default();
    let page = table.allocate(0).unwrap();
    for index in 0..PAGE_RECORDS - 20 {
        let method = ["GET", "POST", "BREW"][index % 3];
        let record = make(&page, &format!("{method} /wp-{index}.php"), State::Closed, 10);
        page.record(record).set_byte(byte::INNER, PATH_LABEL);
    }
    for _ in 0..10 {
        make(&page, "GET /blog/[slug]", State::Closed, 10);
    }
    let labels: Vec<_> = table.latencies().list().into_iter().map(|latency| latency.label).collect();
    assert_eq!(labels, ["GET (no route)", "POST (no route)", "other method (no route)", "GET /blog/[slug]"]);
}

/// Counts contexts by their labels; those of paths start with "?".
fn count<'a>(table: &Pages, labels: impl IntoIterator<Item = &'a String>) {
    let mut page = table.allocate(0).unwrap();
    for label in labels {
        if page.cursor() == PAGE_RECORDS {
            release(table, &page);
            page = table.allocate(0).unwrap();
        }
        let index = make(&page, label.trim_start_matches('?'), State::Closed, 10);
        if label.starts_with('?') {
            page.record(index).set_byte(byte::INNER, PATH_LABEL);
        }
    }
    release(table, &page);
}

fn release(table: &Pages, page: &Page) {
    table.release(page.id()).unwrap();
    table.settle();
}

fn counts(table: &Pages) -> BTreeMap<String, u64> {
    table.latencies().list().into_iter().map(|latency| (latency.label, latency.count)).collect()
}

fn times(label: &str, times: usize) -> Vec<String> {
    vec![label.to_owned(); times]
}

/// Whole numbers below a bound, the same ones for the same seed.
fn numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    }
}

#[test]
fn paths_and_labels_of_one_request_each_displace_no_route_in_any_order() {
    let routes: Vec<String> = (0..150).flat_map(|index| times(&format!("GET /route/{index}"), 100)).collect();
    let scanner: Vec<String> = (0..10_000).map(|index| format!("?GET /wp-{index}.php")).collect();
    let jobs: Vec<String> = (0..10_000).map(|index| format!("job {index}")).collect();
    let mut next = numbers(7);
    let mut mixed: Vec<&String> = routes.iter().chain(&scanner).chain(&jobs).collect();
    for last in (1..mixed.len()).rev() {
        mixed.swap(last, usize::try_from(next(last as u64 + 1)).unwrap());
    }
    let orders: [Vec<&String>; 4] = [
        scanner.iter().chain(&jobs).chain(&routes).collect(),
        jobs.iter().chain(&routes).chain(&scanner).collect(),
        routes.iter().chain(&jobs).chain(&scanner).collect(),
        mixed,
    ];
    for (order, labels) in orders.into_iter().enumerate() {
        let table = Pages::default();
        let all = labels.len() as u64;
        count(&table, labels);
        let found = counts(&table);
        assert_eq!(found.values().sum::<u64>(), all, "order {order}");
        // What it had before it was heavier than a job is in `other`, as for the routes below.
        assert!(found["GET (no route)"] >= 9_900, "order {order}");
        assert!(found.len() <= LATENCY_LABELS + 1, "order {order}");
        for index in 0..150 {
            let route = format!("GET /route/{index}");
            let least = if order == 3 { 50 } else { 99 };
            assert!(
                found.get(&route).is_some_and(|count| (least..=100).contains(count)),
                "order {order}: {route}"
            );
        }
    }
}

#[test]
fn a_label_takes_the_place_of_one_an_eighth_lighter() {
    let table = Pages::default();
    for index in 1..LATENCY_LABELS {
        count(&table, &times(&format!("heavy {index}"), 100));
    }
    count(&table, &times("first", 40));
    count(&table, &times("second", 44));
    let found = counts(&table);
    assert_eq!(
        (found.get("first"), found.get("second"), found["other"]),
        (Some(&40), None, 44),
        "an eighth is 45"
    );
    count(&table, &times("second", 2));
    let found = counts(&table);
    assert_eq!((found.get("first"), found.get("second"), found["other"]), (None, Some(&2), 84));
    // It weighs what it did, but its old contexts stay where they count.
    count(&table, &times("first", 20));
    let found = counts(&table);
    assert_eq!((found.get("first"), found.get("second")), (Some(&9), None));
    assert_eq!(found.values().sum::<u64>(), 100 * (LATENCY_LABELS as u64 - 1) + 40 + 46 + 20);
}

#[test]
fn each_context_counts_once_and_no_histogram_loses_any_whatever_labels_come() {
    let table = Pages::default();
    let mut next = numbers(1);
    let mut before = BTreeMap::<String, u64>::new();
    let mut lost = 0;
    let mut closed = 0;
    for round in 0..1000 {
        // Labels of a window that moves, so that all of them come and go.
        let labels: Vec<String> =
            (0..100).map(|_| format!("label {}", (next(60) * next(6) + round / 10) % 400)).collect();
        closed += labels.len() as u64;
        count(&table, &labels);
        let now = counts(&table);
        assert!(now.len() <= LATENCY_LABELS + 1);
        assert_eq!(now.values().sum::<u64>(), closed);
        for (label, was) in &before {
            match now.get(label) {
                Some(is) if is >= was => {}
                // It lost its place, and may have got it again since: a new histogram, of this round only.
                Some(is) => assert!(*is <= 100 && label != "other", "{label} fell from {was} to {is}"),
                None => lost += 1,
            }
        }
        before = now;
    }
    assert!(lost > 10, "places changed hands: {lost}");
}

#[test]
fn threads_that_count_and_read_at_once_count_each_context_once() {
    let table = Pages::default();
    let labels: Vec<String> = (0..500).map(|index| format!("label {}", index % 300)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    count(&table, &labels);
                    table.latencies();
                }
            });
        }
    });
    assert_eq!(counts(&table).values().sum::<u64>(), 4 * 10 * 500);
}
