//! What requests wait for: of the outgoing work and the tasks inside each one, what is not over yet.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::limits::{OUTGOING_TARGETS, PARENTS};
use crate::store::clock::Clock;
use crate::store::context_info::Wait;
use crate::store::pages::record::word;
use crate::store::pages::{Record, RequestKind, State};

/// Counts targets that have no count of their own.
const OTHER: &str = "other";

/// A later one is preferred: outgoing work, which is what a task around it waits for, then what has lasted longest.
type Rank = (bool, u32, Reverse<u64>);

/// What each of a list of contexts waits for.
///
/// `records` are all that there are, with their ids, in the pages that `find` looks into.
pub fn of<'a>(
    ids: impl Iterator<Item = u64>,
    records: impl Iterator<Item = (u64, Record<'a>)>,
    find: impl Fn(u64) -> Option<Record<'a>>,
    now: u32,
) -> Vec<Option<Wait>> {
    let places: HashMap<u64, usize> = ids.enumerate().map(|(place, id)| (id, place)).collect();
    let mut waits: Vec<Option<(Rank, Record<'_>)>> = vec![None; places.len()];
    for (id, record) in records {
        let Some(is_outgoing) = kind_of_wait(record) else { continue };
        let rank = (is_outgoing, Clock::age_ms(record.word(word::STARTED), now), Reverse(id));
        let mut above = record.parent();
        for _ in 0..=PARENTS {
            let Some(id) = above else { break };
            if let Some(place) = places.get(&id)
                && waits[*place].is_none_or(|(best, _)| best < rank)
            {
                waits[*place] = Some((rank, record));
            }
            above = find(id).and_then(|record| record.parent());
        }
    }
    let described = |((_, ms, _), record): (Rank, Record<'_>)| Wait { label: record.label(), ms };
    waits.into_iter().map(|wait| wait.map(described)).collect()
}

/// Whether what others wait for is outgoing work, or else a task; none for what nobody waits for.
fn kind_of_wait(record: Record<'_>) -> Option<bool> {
    if record.state() != State::Active || record.parent().is_none() {
        return None;
    }
    match record.kind() {
        RequestKind::Outgoing => Some(true),
        // No client waits for a regeneration.
        RequestKind::Regeneration => None,
        _ => (!record.is_child()).then_some(false),
    }
}

/// How much outgoing work is not over, by target: those with most of it, and the others together as `other`.
pub fn targets<'a>(records: impl Iterator<Item = Record<'a>>) -> BTreeMap<String, u64> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for record in records {
        if record.kind() == RequestKind::Outgoing && record.state() == State::Active {
            *counts.entry(target_of(&record.label()).to_owned()).or_default() += 1;
        }
    }
    let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut named = BTreeMap::new();
    for (place, (target, count)) in sorted.into_iter().enumerate() {
        let name = if place < OUTGOING_TARGETS { target } else { OTHER.to_owned() };
        *named.entry(name).or_default() += count;
    }
    named
}

/// The host of `GET host/path`, and what else comes last in a label: `tcp 10.0.0.7:5432`, `exec ffmpeg`.
fn target_of(label: &str) -> &str {
    let last = label.rsplit(' ').next().unwrap_or(label);
    match last.find('/') {
        Some(slash) if slash > 0 => &last[..slash],
        _ => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{RECORD_BYTES, RECORD_WORDS};
    use crate::memory::Memory;
    use crate::store::pages::record::{OWN_LABEL, byte};

    const REQUEST: u64 = 1;
    const CHILD: u64 = 2;
    const TASK: u64 = 3;

    /// Writes a record: its kind, parent and label, and when it began.
    fn write(memory: &Memory, id: u64, kind: RequestKind, parent: u64, label: &str, started: u32) {
        let record = Record::new(memory, id as usize * RECORD_WORDS);
        record.set_byte(byte::STATE, State::Active as u8);
        record.set_byte(byte::KIND, kind as u8);
        record.set_word(word::PARENT_LOW, parent as u32);
        record.set_word(word::STARTED, started);
        record.set_label(label);
    }

    fn waits(memory: &Memory, ids: &[u64], count: u64) -> Vec<Option<(String, u32)>> {
        let record = |id: u64| Record::new(memory, id as usize * RECORD_WORDS);
        let find = |id: u64| (id < count).then(|| record(id));
        let waits = of(ids.iter().copied(), (1..count).map(|id| (id, record(id))), find, 100);
        waits.into_iter().map(|wait| wait.map(|wait| (wait.label, wait.ms))).collect()
    }

    #[test]
    fn a_request_waits_for_the_oldest_outgoing_work_inside_it() {
        let memory = Memory::zeroed(10 * RECORD_BYTES).unwrap();
        write(&memory, REQUEST, RequestKind::AppPage, 0, "GET /", 0);
        write(&memory, CHILD, RequestKind::AppPage, REQUEST, "", 0);
        write(&memory, TASK, RequestKind::Other, CHILD, "charge", 10);
        Record::new(&memory, TASK as usize * RECORD_WORDS).set_byte(byte::INNER, OWN_LABEL);
        assert_eq!(waits(&memory, &[REQUEST, TASK], 4), [Some(("charge".into(), 90)), None]);

        write(&memory, 4, RequestKind::Outgoing, TASK, "POST a", 50);
        write(&memory, 5, RequestKind::Outgoing, CHILD, "POST b", 40);
        write(&memory, 6, RequestKind::Outgoing, REQUEST, "POST c", 40);
        let [b, a] = [("POST b".to_owned(), 60), ("POST a".to_owned(), 50)];
        assert_eq!(waits(&memory, &[REQUEST, TASK], 7), [Some(b), Some(a.clone())]);

        for id in [5, 6] {
            Record::new(&memory, id * RECORD_WORDS).set_byte(byte::STATE, State::Closed as u8);
        }
        assert_eq!(waits(&memory, &[REQUEST, TASK], 7), [Some(a.clone()), Some(a)]);
    }

    #[test]
    fn outgoing_work_is_counted_by_its_target() {
        let memory = Memory::zeroed(40 * RECORD_BYTES).unwrap();
        let labels =
            ["GET a.example/x", "POST a.example/y", "tcp 10.0.0.7:5432", "mysql connect /run/my.sock"];
        for (index, label) in labels.iter().enumerate() {
            write(&memory, index as u64 + 1, RequestKind::Outgoing, 9, label, 0);
        }
        write(&memory, 5, RequestKind::AppPage, 0, "GET /", 0);
        let records = |count| (1..count).map(|id| Record::new(&memory, id * RECORD_WORDS));
        let expected = [("/run/my.sock", 1), ("10.0.0.7:5432", 1), ("a.example", 2)];
        assert_eq!(targets(records(6)), expected.map(|(target, count)| (target.to_owned(), count)).into());
        for id in 6..40 {
            write(&memory, id, RequestKind::Outgoing, 9, &format!("exec program-{id}"), 0);
        }
        let many = targets(records(40));
        assert_eq!((many.len(), many["other"], many["a.example"]), (OUTGOING_TARGETS + 1, 17, 2));
    }

    #[test]
    fn nobody_waits_for_a_regeneration_and_a_circle_of_parents_ends() {
        let memory = Memory::zeroed(10 * RECORD_BYTES).unwrap();
        write(&memory, REQUEST, RequestKind::AppPage, 0, "GET /", 0);
        write(&memory, 2, RequestKind::Regeneration, REQUEST, "", 10);
        Record::new(&memory, 2 * RECORD_WORDS).set_byte(byte::INNER, OWN_LABEL);
        write(&memory, 3, RequestKind::Outgoing, 4, "GET a", 10);
        write(&memory, 4, RequestKind::AppPage, 4, "", 10);
        assert_eq!(waits(&memory, &[REQUEST], 5), [None]);
    }
}
