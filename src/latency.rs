//! How long contexts took, by label.
//!
//! JavaScript writes only the cell. Its times are those of the coarse clock, so a single latency is right to 10 ms, while
//! a mean of many is better than that.

use std::sync::Arc;

use hdrhistogram::Histogram;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::arena::cell::word;
use crate::arena::{Page, State};
use crate::clock::Clock;
use crate::limits::{BUCKETS_MS, LABEL_BYTES, LATENCY_DIGITS, LATENCY_LABELS, LATENCY_MAX_MS, LATENCY_OTHER};
use crate::sync::Mutex;

/// The latencies of one label.
#[derive(Clone)]
struct Series {
    histogram: Histogram<u32>,
    // Of the times themselves, which the histogram knows to 1 % only.
    sum_ms: u64,
}

/// Histograms of milliseconds, one for each of the first labels and one for the rest.
#[derive(Clone, Default)]
pub struct Latencies {
    // Labels by their bytes, which a torn read can make no UTF-8. A fast hash will do: there are few, whoever sends them.
    //
    // Those with a histogram of their own, one set for all copies: whoever meets a label first gives it its place, for good.
    // So however often and in whatever order pages are counted, a context counts under the same label.
    placed: Arc<Mutex<FxHashSet<Box<[u8]>>>>,
    by_label: FxHashMap<Box<[u8]>, Series>,
    other: Option<Series>,
}

/// What a histogram says, in ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency {
    /// The label, or `other`.
    pub label: String,
    /// Contexts that closed.
    pub count: u64,
    /// Half took at most this.
    pub p50: u64,
    /// Nine of ten took at most this.
    pub p90: u64,
    /// 99 of a hundred took at most this.
    pub p99: u64,
    /// The longest.
    pub max: u64,
    /// The mean.
    pub mean: f64,
}

/// A histogram in a few wide buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// What the histogram says otherwise.
    pub latency: Latency,
    /// Contexts that took at most each of [`BUCKETS_MS`] and more than the one before, to 1 %; the last took longer.
    pub buckets: [u64; BUCKETS_MS.len() + 1],
    /// All together, ms.
    pub sum_ms: u64,
}

impl Series {
    fn new() -> Self {
        let mut histogram = Histogram::new(LATENCY_DIGITS).expect("at most 5 digits");
        histogram.auto(true);
        Self { histogram, sum_ms: 0 }
    }

    fn record(&mut self, ms: u64) {
        self.histogram.record(ms).expect("it grows up to the longest");
        self.sum_ms += ms;
    }
}

impl Latencies {
    /// Counts every closed context of a page, but neither forks, which end with what they were forked from, nor parts of a
    /// request that bear its label: those would count twice under it.
    pub fn add(&mut self, page: &Page) {
        let mut buffer = [0; LABEL_BYTES];
        for (_, cell) in page.cells() {
            if cell.state() != State::Closed || cell.is_fork() || cell.has_borrowed_label() {
                continue;
            }
            // The state is written after the time, but another thread may see it before; a time before the start would
            // come out as 49 days.
            let (started, ended) = (cell.word(word::STARTED), cell.word(word::TOUCHED));
            let ms = u64::from(Clock::age_ms(started, ended)).min(LATENCY_MAX_MS);
            self.of(cell.label_bytes(&mut buffer)).record(ms);
        }
    }

    fn of(&mut self, label: &[u8]) -> &mut Series {
        if !self.by_label.contains_key(label) {
            if !self.place(label) {
                return self.other.get_or_insert_with(Series::new);
            }
            self.by_label.insert(label.into(), Series::new());
        }
        self.by_label.get_mut(label).expect("it is there by now")
    }

    /// True if the label has a place, or has got one now.
    fn place(&self, label: &[u8]) -> bool {
        let mut placed = self.placed.lock();
        placed.contains(label) || placed.len() < LATENCY_LABELS && placed.insert(label.into())
    }

    /// What the histograms say, the label with the most contexts first, and `other` last.
    pub fn list(&self) -> Vec<Latency> {
        self.each(|latency, _| latency)
    }

    /// The same with buckets.
    pub fn distributions(&self) -> Vec<Distribution> {
        self.each(|latency, series| Distribution {
            latency,
            buckets: buckets(&series.histogram),
            sum_ms: series.sum_ms,
        })
    }

    fn each<T>(&self, make: impl Fn(Latency, &Series) -> T) -> Vec<T> {
        let mut list: Vec<(Latency, &Series)> = self
            .by_label
            .iter()
            .map(|(label, series)| (describe(String::from_utf8_lossy(label).into_owned(), series), series))
            .collect();
        list.sort_by(|(a, _), (b, _)| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        list.extend(self.other.as_ref().map(|series| (describe(LATENCY_OTHER.to_owned(), series), series)));
        list.into_iter().map(|(latency, series)| make(latency, series)).collect()
    }
}

fn buckets(histogram: &Histogram<u32>) -> [u64; BUCKETS_MS.len() + 1] {
    let mut buckets = [0; BUCKETS_MS.len() + 1];
    for value in histogram.iter_recorded() {
        let ms = histogram.lowest_equivalent(value.value_iterated_to());
        let bucket = BUCKETS_MS.partition_point(|bound| *bound < ms);
        buckets[bucket] += value.count_since_last_iteration();
    }
    buckets
}

fn describe(label: String, Series { histogram, sum_ms }: &Series) -> Latency {
    // A bucket is as wide as its values are told apart; no quantile is above the longest that there was.
    let at = |quantile| histogram.value_at_quantile(quantile).min(histogram.max());
    Latency {
        label,
        count: histogram.len(),
        p50: at(0.5),
        p90: at(0.9),
        p99: at(0.99),
        max: histogram.max(),
        mean: *sum_ms as f64 / histogram.len() as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::PageTable;
    use crate::arena::cell::byte;
    use crate::limits::PAGE_CELLS;

    fn make(page: &Page, label: &str, state: State, ms: u32) -> usize {
        let index = page.cursor();
        let cell = page.cell(index);
        cell.set_word(word::STARTED, 5);
        cell.set_word(word::TOUCHED, 5 + ms);
        cell.set_label(label);
        cell.set_byte(byte::STATE, state as u8);
        page.set_cursor(index + 1);
        index
    }

    #[test]
    fn each_closed_context_counts_once_whether_its_page_is_live_or_gone() {
        let table = PageTable::new();
        let (gone, live) = (table.allocate(0).unwrap(), table.allocate(0).unwrap());
        for ms in 1..=100 {
            make(&gone, "GET /a", State::Closed, ms * 10);
        }
        make(&gone, "GET /a", State::Active, 7);
        make(&live, "GET /b", State::Closed, 30);
        let fork = make(&live, "GET /b", State::Closed, 40);
        live.cell(fork).set_word(word::PARENT_LOW, 257);
        let part = make(&live, "GET /b", State::Closed, 50);
        live.cell(part).set_word(word::PARENT_LOW, 257);
        live.cell(part).set_byte(byte::INNER, 2);
        let inner = make(&live, "job", State::Closed, 0);
        live.cell(inner).set_word(word::PARENT_LOW, 257);
        live.cell(inner).set_byte(byte::INNER, 1);
        let before = table.latencies().list();
        assert_eq!(table.release(gone.id()), Some(1));
        assert_eq!(table.latencies().list(), before);
        table.settle(Clock::start());
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
        assert_eq!(spread[0].sum_ms, 50_500);
        assert_eq!(spread[0].buckets, [1, 1, 3, 5, 15, 25, 50, 0, 0, 0, 0]);
        assert_eq!(spread[2].buckets, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn labels_beyond_the_limit_share_one_histogram() {
        let table = PageTable::new();
        let page = table.allocate(0).unwrap();
        for index in 1..PAGE_CELLS {
            make(&page, &format!("GET /{index}"), State::Closed, 10);
        }
        let list = table.latencies().list();
        assert_eq!(list.len(), LATENCY_LABELS + 1);
        let other = list.last().unwrap();
        assert_eq!((other.label.as_str(), other.count), ("other", (PAGE_CELLS - 1 - LATENCY_LABELS) as u64));
    }

    #[test]
    fn no_label_loses_counts_whichever_page_is_counted_first() {
        let table = PageTable::new();
        let (old, new) = (table.allocate(0).unwrap(), table.allocate(0).unwrap());
        // Half of the places go to one page and half to the other, and what is left over to nobody.
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
                assert!(is.latency.count >= was.latency.count && is.sum_ms >= was.sum_ms, "{what}: {is:?}");
                assert!(is.buckets.iter().zip(was.buckets).all(|(is, was)| *is >= was), "{what}: {is:?}");
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
        table.settle(Clock::start());
        step("its counting");
        for _ in 0..50 {
            make(&new, "new 1", State::Closed, 0);
            step("contexts that took no time");
        }
    }
}
