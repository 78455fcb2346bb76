//! How long contexts took, by label.
//!
//! JavaScript writes only the cell. Its times are those of the coarse clock, so a single latency is right to 10 ms, while
//! a mean of many is better than that.

use hdrhistogram::Histogram;
use rustc_hash::FxHashMap;

use crate::arena::cell::word;
use crate::arena::{Page, State};
use crate::clock::Clock;
use crate::limits::{BUCKETS_MS, LABEL_BYTES, LATENCY_DIGITS, LATENCY_LABELS, LATENCY_MAX_MS, LATENCY_OTHER};

/// Histograms of milliseconds, one for each of the first labels and one for the rest.
#[derive(Clone, Default)]
pub struct Latencies {
    // By the label's bytes, which a torn read can make no UTF-8. A fast hash will do: there are few labels, whoever sends them.
    places: FxHashMap<Box<[u8]>, usize>,
    by_label: Vec<Histogram<u32>>,
    other: Option<Histogram<u32>>,
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
}

fn empty() -> Histogram<u32> {
    let mut histogram = Histogram::new(LATENCY_DIGITS).expect("at most 5 digits");
    histogram.auto(true);
    histogram
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
            self.of(cell.label_bytes(&mut buffer)).record(ms).expect("it grows up to the longest");
        }
    }

    fn of(&mut self, label: &[u8]) -> &mut Histogram<u32> {
        if let Some(&place) = self.places.get(label) {
            return &mut self.by_label[place];
        }
        if self.by_label.len() == LATENCY_LABELS {
            return self.other.get_or_insert_with(empty);
        }
        let place = self.by_label.len();
        self.places.insert(label.into(), place);
        self.by_label.push(empty());
        &mut self.by_label[place]
    }

    /// What the histograms say, the label with the most contexts first, and `other` last.
    pub fn list(&self) -> Vec<Latency> {
        self.each(|latency, _| latency)
    }

    /// The same with buckets.
    pub fn distributions(&self) -> Vec<Distribution> {
        self.each(|latency, histogram| Distribution { latency, buckets: buckets(histogram) })
    }

    fn each<T>(&self, make: impl Fn(Latency, &Histogram<u32>) -> T) -> Vec<T> {
        let mut list: Vec<(Latency, &Histogram<u32>)> = self
            .places
            .iter()
            .map(|(label, &place)| {
                let histogram = &self.by_label[place];
                (describe(String::from_utf8_lossy(label).into_owned(), histogram), histogram)
            })
            .collect();
        list.sort_by(|(a, _), (b, _)| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        list.extend(
            self.other.as_ref().map(|histogram| (describe(LATENCY_OTHER.to_owned(), histogram), histogram)),
        );
        list.into_iter().map(|(latency, histogram)| make(latency, histogram)).collect()
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

fn describe(label: String, histogram: &Histogram<u32>) -> Latency {
    // A bucket is as wide as its values are told apart; no quantile is above the longest that there was.
    let at = |quantile| histogram.value_at_quantile(quantile).min(histogram.max());
    Latency {
        label,
        count: histogram.len(),
        p50: at(0.5),
        p90: at(0.9),
        p99: at(0.99),
        max: histogram.max(),
        mean: histogram.mean(),
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
        assert!((a.mean - 505.0).abs() < 6.0);
        assert_eq!((before[2].p50, before[2].max), (0, 0));
        let spread = table.latencies().distributions();
        assert_eq!(spread[0].latency, before[0]);
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
}
