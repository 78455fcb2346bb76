//! The slowest requests of each label in the last minutes, with what they waited for.
//!
//! A request is looked at when it is over and its page leaves, or when the list is read: it costs nothing while it runs.

use std::collections::{HashMap, VecDeque};

use super::slow::{Request, Slow, Wait};
use super::unrouted;
use crate::limits::{
    LABEL_BYTES, PARENTS, SLOW_LABELS, SLOW_MS, SLOW_REQUESTS, SLOW_WAITS, SLOW_WAITS_APART,
};
use crate::store::clock::Clock;
use crate::store::pages::record::word;
use crate::store::pages::{ContextId, Page, PageTable, Record, RequestKind, State};
use crate::text;

type Label = Box<[u8]>;

/// The slowest requests so far.
#[derive(Default, Clone)]
pub struct Slowest {
    requests: HashMap<u64, Request>,
    // Their ids, the slowest first.
    by_label: HashMap<Label, Vec<u64>>,
    // Those of requests that are not over, or whose pages have not left, by the requests' ids.
    waits: HashMap<u64, Vec<Wait>>,
    // The same ids in the order in which they came: the first ones go where there are too many.
    order: VecDeque<u64>,
}

impl Slowest {
    /// Takes what a page holds that leaves or is read. It may come more than once.
    pub fn add(&mut self, page: &Page, pages: &PageTable, now: u32) {
        let nested = page.records().filter(|_| page.has_nested());
        for (index, record) in nested {
            self.add_wait(ContextId::of(page.id(), index).get(), record, pages);
        }
        for (index, record) in page.records() {
            let id = ContextId::of(page.id(), index).get();
            if record.state() == State::Closed && !record.is_child() && !record.has_borrowed_label() {
                self.add_request(id, page.thread(), record, now);
            }
        }
    }

    /// A copy that pages can be added to which have not left, without what requests wait for that are not in it: as small as what
    /// is listed.
    pub fn copy(&self) -> Self {
        let (requests, by_label) = (self.requests.clone(), self.by_label.clone());
        Self { requests, by_label, ..Self::default() }
    }

    /// Adds to a copy what its requests waited for whose pages have left.
    pub fn fill_in(&self, copy: &mut Self) {
        for (id, request) in &mut copy.requests {
            let left = self.requests.get(id).map(|kept| &kept.waits).or_else(|| self.waits.get(id));
            for wait in left.into_iter().flatten() {
                put(&mut request.waits, wait.clone());
            }
        }
    }

    /// A request is gone with its page, and so is what it waited for unless it is among the slowest.
    pub fn leave(&mut self, page: &Page) {
        for (index, _) in page.records() {
            self.waits.remove(&ContextId::of(page.id(), index).get());
        }
        if self.order.len() > 2 * self.waits.len() + 64 {
            self.order.retain(|id| self.waits.contains_key(id));
        }
    }

    fn add_wait(&mut self, id: u64, record: Record<'_>, pages: &PageTable) {
        let is_task = !record.is_child() && !record.has_borrowed_label();
        let (kind, state) = (record.kind(), record.state());
        if kind != RequestKind::Outgoing && (!is_task || kind == RequestKind::Regeneration) {
            return;
        }
        let mut above = record.parent();
        for _ in 0..=PARENTS {
            let Some(parent) = above else { return };
            let (started, ended) = (record.word(word::STARTED), record.word(word::TOUCHED));
            self.keep_wait(parent, Wait { id, label: record.label(), started, ended, state });
            let found = ContextId::new(parent).and_then(|parent| pages.resolve(parent));
            above = found.ok().and_then(|found| found.record().parent());
        }
    }

    fn keep_wait(&mut self, request: u64, wait: Wait) {
        let waits = match self.requests.get_mut(&request) {
            Some(kept) => &mut kept.waits,
            None => self.waits.entry(request).or_insert_with(|| {
                self.order.push_back(request);
                Vec::new()
            }),
        };
        put(waits, wait);
        while self.waits.len() > SLOW_WAITS_APART
            && let Some(oldest) = self.order.pop_front()
        {
            self.waits.remove(&oldest);
        }
    }

    fn add_request(&mut self, id: u64, thread: u32, record: Record<'_>, now: u32) {
        let (started, ended) = (record.word(word::STARTED), record.word(word::TOUCHED));
        let ms = Clock::age_ms(started, ended);
        // What took less than a tick of the clock is not slow.
        if ms == 0 || Clock::age_ms(ended, now) > SLOW_MS {
            return;
        }
        let mut buffer = [0; LABEL_BYTES];
        let bytes = record.label_bytes(&mut buffer);
        let name = if record.has_path_label() { unrouted::name(bytes) } else { bytes };
        if self.requests.contains_key(&id) || !self.has_place(name, ms, now) {
            return;
        }
        let (requests, list) = (&mut self.requests, self.by_label.entry(name.into()).or_default());
        list.retain(|id| {
            let stays = Clock::age_ms(requests[id].ended, now) <= SLOW_MS;
            if !stays {
                requests.remove(id);
            }
            stays
        });
        let at = list.partition_point(|id| requests[id].ms() >= ms);
        if at >= SLOW_REQUESTS {
            return;
        }
        list.insert(at, id);
        let waits = self.waits.remove(&id).unwrap_or_default();
        let (label, kind) = (record.label(), record.kind());
        requests.insert(id, Request { id, label, kind, thread, started, ended, waits });
        if list.len() > SLOW_REQUESTS
            && let Some(fastest) = list.pop()
        {
            requests.remove(&fastest);
        }
    }

    /// Makes room for a label if there are too many; false if each of them has a slower request.
    fn has_place(&mut self, name: &[u8], ms: u32, now: u32) -> bool {
        if self.by_label.len() < SLOW_LABELS || self.by_label.contains_key(name) {
            return true;
        }
        let slowest = |list: &Vec<u64>| {
            let of_late = list.iter().map(|id| &self.requests[id]);
            of_late
                .filter(|each| Clock::age_ms(each.ended, now) <= SLOW_MS)
                .map(Request::ms)
                .max()
                .unwrap_or(0)
        };
        let fastest = self.by_label.iter().map(|(label, list)| (slowest(list), label)).min();
        let Some((_, label)) = fastest.filter(|(fastest, _)| *fastest < ms) else { return false };
        let label = label.clone();
        for id in self.by_label.remove(&label).unwrap_or_default() {
            self.requests.remove(&id);
        }
        true
    }

    /// The slowest requests, the label with the slowest one first.
    pub fn list(self, now: u32) -> Vec<Slow> {
        let mut kept = self.requests;
        let labels = self.by_label.into_iter().map(|(label, ids)| {
            let requests = ids.iter().filter_map(|id| kept.remove(id));
            let of_late = requests.filter(|each| Clock::age_ms(each.ended, now) <= SLOW_MS);
            Slow { label: text::shown(&label), requests: of_late.map(|each| each.describe(now)).collect() }
        });
        let mut list: Vec<Slow> = labels.filter(|slow| !slow.requests.is_empty()).collect();
        list.sort_by(|a, b| b.requests[0].ms.cmp(&a.requests[0].ms).then_with(|| a.label.cmp(&b.label)));
        list
    }
}

/// Adds what a request waited for, or replaces what was known of it.
fn put(waits: &mut Vec<Wait>, wait: Wait) {
    match waits.iter().position(|each| each.id == wait.id) {
        Some(known) => waits[known] = wait,
        None if waits.len() < SLOW_WAITS => waits.push(wait),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::record::{OWN_LABEL, PATH_LABEL, byte, header};

    const NOW: u32 = 1_000_000;

    struct Pages {
        table: PageTable,
        slowest: Slowest,
    }

    impl Pages {
        fn new() -> Self {
            Self { table: PageTable::default(), slowest: Slowest::default() }
        }

        fn leave(&mut self, page: &Page) {
            self.slowest.add(page, &self.table, NOW);
            self.slowest.leave(page);
            self.table.release(page.id());
            self.table.settle(Clock::start(), |_| {});
        }

        fn list(&self) -> Vec<(String, Vec<u32>)> {
            let list = self.slowest.clone().list(NOW).into_iter();
            list.map(|slow| (slow.label, slow.requests.iter().map(|each| each.ms).collect())).collect()
        }
    }

    /// Writes a record, and returns its id.
    fn make(page: &Page, kind: RequestKind, label: &str, parent: u64, times: [u32; 2]) -> u64 {
        let index = page.cursor();
        let record = page.record(index);
        record.set_byte(byte::STATE, State::Closed as u8);
        record.set_byte(byte::KIND, kind as u8);
        record.set_word(word::STARTED, times[0]);
        record.set_word(word::TOUCHED, times[1]);
        record.set_word(word::PARENT_LOW, parent as u32);
        record.set_label(label);
        page.set_cursor(index + 1);
        page.as_ref().set_word(header::NESTED, 1);
        ContextId::of(page.id(), index).get()
    }

    #[test]
    fn the_slowest_of_each_label_are_kept() {
        let mut pages = Pages::new();
        let page = pages.table.allocate(0).unwrap();
        for ms in [10, 90, 50, 70, 30, 20, 60, 0] {
            make(&page, RequestKind::Other, "GET /a", 0, [NOW - 1000, NOW - 1000 + ms]);
        }
        make(&page, RequestKind::Other, "GET /b", 0, [NOW - 1000, NOW - 700]);
        make(&page, RequestKind::Other, "GET /old", 0, [NOW - SLOW_MS - 900, NOW - SLOW_MS - 100]);
        make(&page, RequestKind::Other, "GET /x.php", 0, [NOW - 100, NOW - 90]);
        page.record(page.cursor() - 1).set_byte(byte::INNER, PATH_LABEL);
        pages.slowest.add(&page, &pages.table, NOW);
        pages.leave(&page);
        let expected = [
            ("GET /b".to_owned(), vec![300]),
            ("GET /a".to_owned(), vec![90, 70, 60, 50, 30]),
            ("GET (no route)".to_owned(), vec![10]),
        ];
        assert_eq!(pages.list(), expected);
        assert_eq!(pages.slowest.clone().list(NOW + SLOW_MS), []);
    }

    #[test]
    fn waits_stay_with_their_request_whichever_page_leaves_first() {
        for waits_first in [true, false] {
            let mut pages = Pages::new();
            let (first, second) = (pages.table.allocate(0).unwrap(), pages.table.allocate(0).unwrap());
            let request = make(&first, RequestKind::Other, "GET /", 0, [NOW - 500, NOW - 100]);
            let task = make(&first, RequestKind::Other, "charge", request, [NOW - 450, NOW - 150]);
            first.record(2).set_byte(byte::INNER, OWN_LABEL);
            make(&second, RequestKind::Outgoing, "POST a/b", task, [NOW - 440, NOW - 160]);
            make(&second, RequestKind::Outgoing, "GET c", request, [NOW - 480, NOW - 470]);
            if waits_first {
                pages.leave(&second);
            }
            // Read while a request's page is there and that of what it waited for may not be.
            let mut copy = pages.slowest.copy();
            pages.table.all().iter().for_each(|page| copy.add(page, &pages.table, NOW));
            pages.slowest.fill_in(&mut copy);
            let read = copy.list(NOW);
            if !waits_first {
                pages.slowest.add(&second, &pages.table, NOW);
            }
            pages.leave(&first);
            if !waits_first {
                pages.leave(&second);
            }
            let list = pages.slowest.clone().list(NOW);
            assert_eq!(read, list, "{waits_first}");
            let slow = list.iter().find(|slow| slow.label == "GET /").unwrap();
            let waits: Vec<_> = slow.requests[0]
                .waits
                .iter()
                .map(|wait| (wait.label.as_str(), wait.after_ms, wait.ms))
                .collect();
            assert_eq!(
                waits,
                [("GET c", 20, 10), ("charge", 50, 300), ("POST a/b", 60, 280)],
                "{waits_first}"
            );
            let task = list.iter().find(|slow| slow.label == "charge").unwrap();
            assert_eq!(task.requests[0].waits.len(), 1);
            assert!(pages.slowest.waits.is_empty());
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut pages = Pages::new();
        for label in 0..SLOW_LABELS + 50 {
            let page = pages.table.allocate(0).unwrap();
            let ms = 10 * (label as u32 + 1);
            let request = make(&page, RequestKind::Other, &format!("GET /{label}"), 0, [NOW - ms, NOW]);
            for _ in 0..SLOW_WAITS + 5 {
                make(&page, RequestKind::Outgoing, "GET a", request, [NOW - 10, NOW]);
            }
            make(&page, RequestKind::Outgoing, "GET a", u64::from(u32::MAX) + label as u64, [NOW - 10, NOW]);
            pages.leave(&page);
        }
        let list = pages.slowest.clone().list(NOW);
        assert_eq!((list.len(), list[0].label.as_str()), (SLOW_LABELS, "GET /249"));
        assert!(list.iter().all(|slow| slow.requests[0].waits.len() == SLOW_WAITS));
        for id in 0..2 * SLOW_WAITS_APART as u64 {
            let wait = Wait { id: 1, label: String::new(), started: 1, ended: 1, state: State::Closed };
            pages.slowest.keep_wait(id + (1 << 40), wait);
        }
        assert_eq!(pages.slowest.waits.len(), SLOW_WAITS_APART);
        assert!(pages.slowest.order.len() <= 2 * SLOW_WAITS_APART + 64);
    }
}
