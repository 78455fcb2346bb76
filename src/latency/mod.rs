//! How long contexts took, by label.
//!
//! JavaScript writes only the record. Its times are those of the coarse clock, so a single latency is right to 10 ms, while
//! a mean of many is better than that.

mod heaviest;
mod slow;
mod slowest;
#[cfg(test)]
mod tests;
mod unrouted;

use std::sync::Arc;

use hdrhistogram::Histogram;
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::limits::{BUCKETS_MS, LATENCY_DIGITS, LATENCY_OTHER};
use crate::store::pages::{Page, PageTable};
use crate::sync::Mutex;
use crate::text;

use self::heaviest::Heaviest;
pub use self::slow::{Slow, SlowRequest, SlowWait};
use self::slowest::Slowest;

/// The latencies of the contexts of a process.
#[derive(Default)]
pub struct LatencyTable {
    // Never held together with another lock, and never longer than it takes to count one page.
    heaviest: Mutex<Heaviest>,
    // The same, or while what is listed is copied.
    slowest: Mutex<Slowest>,
}

impl LatencyTable {
    /// Counts the contexts of a page that have closed since it was last counted.
    pub fn count(&self, page: &Page) {
        self.heaviest.lock().add(page);
    }

    /// Takes the contexts of a page that leaves the table `pages`; `now` is a reading of the clock that their times are of.
    pub fn leave(&self, page: &Page, pages: &PageTable, now: u32) {
        self.count(page);
        let mut slowest = self.slowest.lock();
        slowest.add(page, pages, now);
        slowest.leave(page);
    }

    /// The slowest requests of each label in the last minutes, the label with the slowest one first.
    pub fn slow(&self, pages: &PageTable, now: u32) -> Vec<Slow> {
        let mut slowest = self.slowest.lock().copy();
        for page in pages.all() {
            slowest.add(&page, pages, now);
        }
        self.slowest.lock().fill_in(&mut slowest);
        slowest.list(now)
    }

    /// Latencies of all closed contexts: those of gone pages, which were counted when they left, and those of `pages`.
    pub fn read(&self, pages: &PageTable) -> Latencies {
        // One page at a time, so that a thread that counts a released page does not wait for all of them.
        pages.all().iter().for_each(|page| self.count(page));
        self.heaviest.lock().latencies()
    }
}

/// The latencies of one label.
#[derive(Clone)]
struct Series {
    histogram: Histogram<u32>,
    // Of the times themselves, which the histogram knows to 1 % only.
    sum_ms: u64,
}

/// The histograms of one moment. They are shared, and copied one by one where counting goes on: no lock is held while all of
/// them are copied or read.
pub struct Latencies {
    // By their labels' bytes.
    by_label: Vec<(Box<[u8]>, Arc<Series>)>,
    other: Option<Arc<Series>>,
}

/// The summary of a histogram, in ms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Latency {
    /// The label, or `other`.
    pub label: String,
    /// Contexts that closed.
    pub count: u64,
    /// The median.
    pub p50: u64,
    /// The 90th percentile.
    pub p90: u64,
    /// The 99th percentile.
    pub p99: u64,
    /// The longest.
    pub max: u64,
    /// The mean.
    pub mean: f64,
}

/// A histogram with a few wide buckets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distribution {
    /// Its summary.
    #[serde(flatten)]
    pub latency: Latency,
    /// Counted to 1 %.
    pub buckets: Buckets,
}

/// Times in a few wide buckets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buckets {
    /// How many were at most each of [`BUCKETS_MS`] and more than the one before; the last ones were more.
    pub counts: [u64; BUCKETS_MS.len() + 1],
    /// Their sum, ms. A whole number: a counter must never go down.
    pub sum_ms: u64,
}

impl Serialize for Buckets {
    /// Each bucket with its bound, `null` for the last.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bounds = BUCKETS_MS.iter().map(Some).chain([None]);
        let buckets =
            bounds.zip(self.counts).map(|(bound, count)| json!({ "upToMs": bound, "count": count }));
        serializer.collect_seq(buckets)
    }
}

impl Buckets {
    /// Counts one time.
    pub fn record(&mut self, ms: u64) {
        self.count(ms, 1);
        self.sum_ms += ms;
    }

    /// Counts those of another.
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in self.counts.iter_mut().zip(other.counts) {
            *sum += count;
        }
        self.sum_ms += other.sum_ms;
    }

    fn count(&mut self, ms: u64, times: u64) {
        self.counts[BUCKETS_MS.partition_point(|bound| *bound < ms)] += times;
    }
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

    fn add(&mut self, other: &Self) {
        self.histogram.add(&other.histogram).expect("it grows up to the longest");
        self.sum_ms += other.sum_ms;
    }
}

impl Latencies {
    /// What the histograms say, the label with the most contexts first, and `other` last.
    pub fn list(&self) -> Vec<Latency> {
        self.each(|latency, _| latency)
    }

    /// The same with buckets.
    pub fn distributions(&self) -> Vec<Distribution> {
        self.each(|latency, series| Distribution { latency, buckets: buckets(series) })
    }

    fn each<T>(&self, make: impl Fn(Latency, &Series) -> T) -> Vec<T> {
        let mut list: Vec<(Latency, &Series)> = self
            .by_label
            .iter()
            .map(|(label, series)| (describe(text::shown(label), series), &**series))
            .collect();
        list.sort_by(|(a, _), (b, _)| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        list.extend(self.other.as_deref().map(|series| (describe(LATENCY_OTHER.to_owned(), series), series)));
        list.into_iter().map(|(latency, series)| make(latency, series)).collect()
    }
}

fn buckets(Series { histogram, sum_ms }: &Series) -> Buckets {
    let mut buckets = Buckets { sum_ms: *sum_ms, ..Buckets::default() };
    for value in histogram.iter_recorded() {
        let ms = histogram.lowest_equivalent(value.value_iterated_to());
        buckets.count(ms, value.count_since_last_iteration());
    }
    buckets
}

fn describe(label: String, Series { histogram, sum_ms }: &Series) -> Latency {
    // A bucket has a width; no quantile is above the longest that there was.
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
