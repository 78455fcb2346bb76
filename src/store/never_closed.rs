//! Requests of all threads that were never closed, by label: those that have been idle for long, and those that are gone.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::limits::LABEL_BYTES;
use crate::store::clock::Clock;
use crate::store::pages::record::word;
use crate::store::tables::Store;
use crate::text;

/// Those of one label, or of one kind if they have none.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    label: String,
    count: u64,
    // Milliseconds since the first of them was made.
    oldest_ms: u64,
    // How many of them are gone.
    collected: u64,
}

/// The groups of those that have been idle for `idle_ms`, and of those that are gone, the largest first.
pub fn groups(store: &Store, idle_ms: u32) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut add = |each: Group| match groups.get_mut(&each.label) {
        None => drop(groups.insert(each.label.clone(), each)),
        Some(group) => {
            group.count += each.count;
            group.oldest_ms = group.oldest_ms.max(each.oldest_ms);
            group.collected += each.collected;
        }
    };
    for (label, (count, oldest_ms)) in idle(store, idle_ms) {
        add(Group { label: text::shown(&label), count, oldest_ms: oldest_ms.into(), collected: 0 });
    }
    for gone in store.abandoned() {
        let (count, oldest_ms) = (gone.count, gone.oldest_ms);
        add(Group { label: gone.label, count, oldest_ms, collected: count });
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// How many are idle, and the age of the oldest, by the bytes of their labels: text is made once for each label.
fn idle(store: &Store, idle_ms: u32) -> FxHashMap<Box<[u8]>, (u64, u32)> {
    let mut found: FxHashMap<Box<[u8]>, (u64, u32)> = FxHashMap::default();
    let (pages, _) = store.pages.snapshot();
    let clock = store.threads.clock();
    for page in &pages {
        // For each page, so that it is later than the times in it.
        let now = clock.now_ms();
        for (_, record) in page.records() {
            let age = |index| Clock::age_ms(record.word(index), now);
            if !record.state().is_in_flight() || record.is_child() || age(word::TOUCHED) < idle_ms {
                continue;
            }
            let mut buffer = [0; LABEL_BYTES];
            let label = record.label_bytes(&mut buffer);
            let label = if label.is_empty() { record.kind().name().as_bytes() } else { label };
            let age_ms = age(word::STARTED);
            match found.get_mut(label) {
                None => drop(found.insert(label.into(), (1, age_ms))),
                Some((count, oldest_ms)) => {
                    *count += 1;
                    *oldest_ms = age_ms.max(*oldest_ms);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::record::byte;

    #[test]
    fn the_idle_and_the_collected_of_a_label_are_one_group() {
        let store = Store::new();
        let (live, gone) = (store.pages.allocate(0).unwrap(), store.pages.allocate(0).unwrap());
        let now = store.threads.clock().now_ms();
        for (page, label, idle_ms) in [
            (&live, "GET /a", 70_000),
            (&live, "GET /a", 10),
            (&live, "", 60_500),
            (&gone, "GET /a", 5),
            (&gone, "GET /b", 5),
            (&gone, "GET /b", 5),
            (&gone, "GET /b", 5),
        ] {
            let record = page.record(page.cursor());
            page.set_cursor(page.cursor() + 1);
            record.set_byte(byte::STATE, 2);
            record.set_word(word::STARTED, now.wrapping_sub(80_000));
            record.set_word(word::TOUCHED, now.wrapping_sub(idle_ms));
            record.set_label(label);
        }
        store.pages.release(gone.id());
        // Before they are counted and after.
        for _ in 0..2 {
            let groups = groups(&store, 60_000);
            let found: Vec<_> =
                groups.iter().map(|each| (each.label.as_str(), each.count, each.collected)).collect();
            assert_eq!(found, [("GET /b", 3, 3), ("GET /a", 2, 1), ("other", 1, 0)]);
            assert!(groups.iter().all(|each| (80_000..90_000).contains(&each.oldest_ms)), "{groups:?}");
            store.settle();
        }
    }
}
