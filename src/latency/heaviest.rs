//! Which labels have a histogram of their own: those of the most contexts.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Latencies, Series, unrouted};
use crate::limits::{LABEL_BYTES, LATENCY_LABELS, LATENCY_MAX_MS, LATENCY_NEWCOMERS};
use crate::store::clock::Clock;
use crate::store::pages::record::word;
use crate::store::pages::{Page, State};

// Labels by their bytes, which a torn read can make no UTF-8. A fast hash is enough: all maps are bounded.
type Label = Box<[u8]>;

/// A label with a histogram of its own.
struct Place {
    // Contexts by which it is compared: those of its time as a newcomer too.
    weight: u64,
    // Since it has this place. Readers share it until the next context is counted.
    series: Arc<Series>,
}

/// Histograms of milliseconds, of the heaviest labels and of the rest together.
///
/// While there are places left, each label gets one. From then on contexts of further labels count in `other`, and the labels
/// are weighed in a bounded list. One that is an eighth heavier than the lightest label with a place takes it: with less, two
/// labels would change places all the time. What the lightest had moves to `other`. Each context counts in one histogram, so a
/// label that gets a place again starts from zero there, as all counters do when the process starts.
#[derive(Default)]
pub struct Heaviest {
    places: FxHashMap<Label, Place>,
    // The weight of the lightest place, or less: places only get heavier.
    lightest: u64,
    newcomers: Newcomers,
    other: Option<Arc<Series>>,
}

impl Heaviest {
    /// Counts the contexts of a page that have closed since it was last counted, but neither child contexts, which end
    /// with their parent, nor parts of a request that have its label: those would count twice under it.
    pub fn add(&mut self, page: &Page) {
        let mut buffer = [0; LABEL_BYTES];
        for (index, record) in page.records() {
            if record.state() != State::Closed
                || record.is_child()
                || record.has_borrowed_label()
                || !page.count_once(index)
            {
                continue;
            }
            // The state is written after the time, but another thread may see it before; a time before the start would
            // come out as 49 days.
            let (started, ended) = (record.word(word::STARTED), record.word(word::TOUCHED));
            let ms = u64::from(Clock::age_ms(started, ended)).min(LATENCY_MAX_MS);
            let label = record.label_bytes(&mut buffer);
            self.count(if record.has_path_label() { unrouted::name(label) } else { label }, ms);
        }
    }

    fn count(&mut self, label: &[u8], ms: u64) {
        if let Some(place) = self.places.get_mut(label) {
            place.weight += 1;
            Arc::make_mut(&mut place.series).record(ms);
        } else if self.places.len() < LATENCY_LABELS {
            self.place(label, 1, ms);
        } else {
            let weight = self.newcomers.weigh(label);
            if is_heavier(weight, self.lightest) && self.make_room(weight) {
                self.newcomers.weights.remove(label);
                self.place(label, weight, ms);
            } else {
                self.other().record(ms);
            }
        }
    }

    fn place(&mut self, label: &[u8], weight: u64, ms: u64) {
        let mut series = Series::new();
        series.record(ms);
        self.places.insert(label.into(), Place { weight, series: Arc::new(series) });
    }

    fn other(&mut self) -> &mut Series {
        Arc::make_mut(self.other.get_or_insert_with(|| Arc::new(Series::new())))
    }

    /// Takes the place of the lightest label if that is light enough.
    fn make_room(&mut self, weight: u64) -> bool {
        // Of equal ones always the same, whatever the order of the map.
        let lightest = self.places.iter().map(|(label, place)| (place.weight, label)).min();
        let Some((lightest, label)) = lightest else { return true };
        self.lightest = lightest;
        if !is_heavier(weight, lightest) {
            return false;
        }
        let label = label.clone();
        if let Some(place) = self.places.remove(&label) {
            self.other().add(&place.series);
            self.newcomers.insert(label, place.weight);
        }
        true
    }

    /// The histograms as they are now.
    pub fn latencies(&self) -> Latencies {
        let by_label =
            self.places.iter().map(|(label, place)| (label.clone(), Arc::clone(&place.series))).collect();
        Latencies { by_label, other: self.other.clone() }
    }
}

fn is_heavier(weight: u64, lightest: u64) -> bool {
    weight * 8 >= lightest * 9
}

/// Labels without a place and their weights, by Misra and Gries: no weight is more than the label's contexts, and a label of
/// more than one in [`LATENCY_NEWCOMERS`] of the contexts that are weighed is in the list.
#[derive(Default)]
struct Newcomers {
    weights: FxHashMap<Label, u64>,
}

impl Newcomers {
    /// Adds a context, and returns what the label weighs.
    fn weigh(&mut self, label: &[u8]) -> u64 {
        if let Some(weight) = self.weights.get_mut(label) {
            *weight += 1;
            return *weight;
        }
        self.insert(label.into(), 1)
    }

    fn insert(&mut self, label: Label, mut weight: u64) -> u64 {
        if self.weights.len() >= LATENCY_NEWCOMERS {
            let less = self.weights.values().copied().min().unwrap_or_default().min(weight);
            self.weights.retain(|_, weight| {
                *weight -= less;
                *weight > 0
            });
            weight -= less;
        }
        if weight > 0 {
            self.weights.insert(label, weight);
        }
        weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcomers_are_bounded_and_the_frequent_one_is_among_them() {
        let mut newcomers = Newcomers::default();
        for index in 0..10_000_u32 {
            newcomers.weigh(b"frequent");
            for each in 0..20 {
                newcomers.weigh(format!("{index} {each}").as_bytes());
            }
            assert!(newcomers.weights.len() <= LATENCY_NEWCOMERS);
        }
        let weight = newcomers.weights[&b"frequent"[..]];
        // 210 000 contexts cost it at most one in so many as there are labels in the list.
        assert!((10_000 - 210_000 / LATENCY_NEWCOMERS as u64 - 1..=10_000).contains(&weight), "{weight}");
    }
}
