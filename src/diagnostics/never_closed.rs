//! Requests of all threads that were never closed, by label: those that have been idle for long, and those that are gone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::store::Store;
use crate::store::queries::{self, Filter};

/// A request that was not entered for this long counts as never closed, ms; the default of `leaks()` in JavaScript is the
/// same.
const IDLE_MS: u32 = 60_000;

/// Those of one label.
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

/// The groups, the largest first.
pub fn groups(store: &Store) -> Vec<Group> {
    let open = queries::contexts(store, &Filter::default());
    let idle = open.into_iter().filter(|info| info.idle_ms >= IDLE_MS).map(|info| {
        let label = if info.label.is_empty() { info.kind.name().to_owned() } else { info.label };
        Group { label, count: 1, oldest_ms: info.age_ms.into(), collected: 0 }
    });
    let gone = store.abandoned().into_iter().map(|group| Group {
        label: group.label,
        count: group.count,
        oldest_ms: group.oldest_ms,
        collected: group.count,
    });
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for each in idle.chain(gone) {
        match groups.get_mut(&each.label) {
            None => drop(groups.insert(each.label.clone(), each)),
            Some(group) => {
                group.count += each.count;
                group.oldest_ms = group.oldest_ms.max(each.oldest_ms);
                group.collected += each.collected;
            }
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::record::{byte, word};

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
            let groups = groups(&store);
            let found: Vec<_> =
                groups.iter().map(|each| (each.label.as_str(), each.count, each.collected)).collect();
            assert_eq!(found, [("GET /b", 3, 3), ("GET /a", 2, 1), ("other", 1, 0)]);
            assert!(groups.iter().all(|each| (80_000..90_000).contains(&each.oldest_ms)), "{groups:?}");
            store.settle();
        }
    }
}
