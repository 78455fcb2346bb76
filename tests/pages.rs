//! Pages, ids and counts against a plain model, and readers against a writer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use onescope::store::Store;
use onescope::store::pages::record::{byte, word};
use onescope::store::pages::{ContextId, Page, State};
use onescope::store::queries::{self, Filter};
use proptest::prelude::*;

/// Allocates a record as JavaScript does: write it, then move the cursor.
fn make(page: &Page, state: State, parent: u64) -> Option<u64> {
    let index = page.cursor();
    if index == 256 {
        return None;
    }
    let record = page.record(index);
    record.set_word(word::STARTED, 1);
    record.set_word(word::PARENT_LOW, parent as u32);
    record.set_word(word::PARENT_HIGH, (parent >> 32) as u32);
    record.set_byte(byte::STATE, state as u8);
    page.set_cursor(index + 1);
    Some(ContextId::of(page.id(), index).get())
}

#[derive(Debug, Clone)]
enum Op {
    Page,
    Context,
    Child,
    Close,
    Free,
}

fn ops() -> impl Strategy<Value = Vec<(Op, prop::sample::Index)>> {
    let op = prop_oneof![
        1 => Just(Op::Page),
        8 => Just(Op::Context),
        3 => Just(Op::Child),
        4 => Just(Op::Close),
        1 => Just(Op::Free),
    ];
    prop::collection::vec((op, any::<prop::sample::Index>()), 1..300)
}

#[derive(Default)]
struct Model {
    pages: Vec<Arc<Page>>,
    // By id: label, is a child, is closed. Only contexts of live pages.
    live: HashMap<u64, (String, bool, bool)>,
    gone: Vec<u64>,
    counts: [u64; 4],
}

const CREATED: usize = 0;
const CHILDREN: usize = 1;
const CLOSED: usize = 2;
const ABANDONED: usize = 3;

fn step(store: &Store, model: &mut Model, op: &Op, pick: &prop::sample::Index) {
    let some_id = |model: &Model| {
        let mut ids: Vec<u64> = model.live.keys().copied().collect();
        ids.sort_unstable();
        (!ids.is_empty()).then(|| ids[pick.index(ids.len())])
    };
    match op {
        Op::Page => model.pages.push(store.pages.allocate(0).unwrap()),
        Op::Context | Op::Child if !model.pages.is_empty() => {
            let parent = if matches!(op, Op::Child) { some_id(model) } else { None };
            let page = &model.pages[pick.index(model.pages.len())];
            if let Some(id) = make(page, State::Active, parent.unwrap_or(0)) {
                let label = format!("GET /{id}");
                queries::write_label(store, id, &label).unwrap();
                model.live.insert(id, (label, parent.is_some(), false));
                model.counts[if parent.is_some() { CHILDREN } else { CREATED }] += 1;
            }
        }
        Op::Close => {
            if let Some(id) = some_id(model) {
                let named = ContextId::new(id).unwrap();
                store.pages.resolve(named).unwrap().record().set_byte(byte::STATE, State::Closed as u8);
                let (_, child, closed) = model.live.get_mut(&id).unwrap();
                model.counts[CLOSED] += u64::from(!*child && !*closed);
                *closed = true;
            }
        }
        Op::Free if !model.pages.is_empty() => {
            let page = model.pages.swap_remove(pick.index(model.pages.len()));
            assert!(store.pages.release(page.id()).is_some());
            let (counts, gone) = (&mut model.counts, &mut model.gone);
            model.live.retain(|id, (_, child, closed)| {
                let stays = id / 256 != page.id();
                if !stays {
                    counts[ABANDONED] += u64::from(!*child && !*closed);
                    gone.push(*id);
                }
                stays
            });
        }
        Op::Context | Op::Child | Op::Free => {}
    }
}

proptest! {
    #[test]
    fn counts_and_ids_follow_the_model(ops in ops()) {
        let store = Store::new();
        let mut model = Model::default();
        for (op, pick) in &ops {
            step(&store, &mut model, op, pick);
            let counts = queries::counts(&store);
            let totals = counts.totals;
            prop_assert_eq!([totals.created, totals.children, totals.closed, totals.abandoned], model.counts);
            prop_assert_eq!(totals.created, totals.closed + totals.abandoned + totals.in_flight);
            prop_assert_eq!(counts.live_pages, model.pages.len() as u64);
            prop_assert_eq!(counts.live_records, model.live.len() as u64);
        }
        for (id, (label, _, closed)) in &model.live {
            prop_assert_eq!(&queries::read_label(&store, *id).unwrap(), label, "never another context's data");
            let expected = if *closed { State::Closed } else { State::Active };
            prop_assert_eq!(queries::read_state(&store, *id).unwrap().0, expected);
        }
        for id in &model.gone {
            prop_assert_eq!(queries::read_label(&store, *id).unwrap_err().code(), "ERR_ONESCOPE_STALE_ID");
        }
        let all = Filter { children: true, closed: true, ..Filter::default() };
        prop_assert_eq!(queries::contexts(&store, &all).len(), model.live.len());
        prop_assert!(queries::contexts(&store, &Filter::default()).len() as u64
            == queries::counts(&store).totals.in_flight);
    }

    /// Several threads fill their pages in turn, each in the order of time.
    #[test]
    fn a_limit_lists_the_start_of_the_whole_list(
        made in prop::collection::vec((0..3usize, 0..3u32, 0..5u8, any::<bool>(), "[ab]{0,2}"), 1..600),
        limit in 0..20usize,
        label in prop::option::of("[abc]"),
        thread in prop::option::of(0..4u32),
        state in prop::option::of(prop::sample::select(State::ALL)),
        closed: bool,
        children: bool,
    ) {
        let store = Store::new();
        let mut pages: Vec<_> = (0..3).map(|thread| store.pages.allocate(thread).unwrap()).collect();
        let mut now = store.threads.clock().now_ms().wrapping_sub(100_000);
        for (thread, later, code, child, label) in made {
            now += later;
            if pages[thread].cursor() == 100 {
                pages[thread] = store.pages.allocate(thread as u32).unwrap();
            }
            let page = &pages[thread];
            let index = page.cursor();
            make(page, State::from_code(code), u64::from(child) * 256).unwrap();
            page.record(index).set_word(word::STARTED, now);
            page.record(index).set_label(&label);
        }
        let filter = Filter { label, thread, state, closed, children, flags: true, ..Filter::default() };
        let ids = |filter: &Filter| queries::contexts(&store, filter).iter().map(|each| each.id).collect::<Vec<_>>();
        let mut whole = ids(&filter);
        let limited = Filter { limit: Some(limit), ..filter };
        let (listed, total) = queries::contexts_and_total(&store, &limited);
        prop_assert_eq!(total, whole.len());
        whole.truncate(limit);
        prop_assert_eq!(listed.iter().map(|each| each.id).collect::<Vec<_>>(), whole.clone());
        prop_assert_eq!(ids(&limited), whole);
    }

    #[test]
    fn any_number_as_an_id_is_an_error_or_the_right_record(id: u64, small in 0..2048u64) {
        let store = Store::new();
        let page = store.pages.allocate(0).unwrap();
        let made = make(&page, State::Active, 0).unwrap();
        for id in [id, small] {
            match queries::read_state(&store, id) {
                Ok(_) => prop_assert_eq!(id, made),
                Err(error) => prop_assert!(
                    ["ERR_ONESCOPE_ID", "ERR_ONESCOPE_STALE_ID"].contains(&error.code())
                ),
            }
        }
    }
}

#[test]
fn contexts_come_oldest_first_with_flags_on_request() {
    let store = Store::new();
    // The clock starts at its first reading.
    store.threads.clock();
    let page = store.pages.allocate(5).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(60));
    let ids: Vec<u64> = (0..3).filter_map(|_| make(&page, State::Active, 0)).collect();
    // Made at 1 ms, 41 ms and 21 ms of the clock.
    page.record(2).set_word(word::STARTED, 41);
    page.record(3).set_word(word::STARTED, 21);
    let found = queries::contexts(&store, &Filter { limit: Some(2), flags: true, ..Filter::default() });
    assert_eq!(found.iter().map(|context| context.id).collect::<Vec<_>>(), [ids[0], ids[2]]);
    assert_eq!((found[0].thread, found[0].idle_ms, found[0].flags.as_deref()), (5, 0, Some(&[][..])));
    assert!(found[0].age_ms >= 59 && found[0].age_ms < 60_000);
    assert!(queries::contexts(&store, &Filter::default()).iter().all(|context| context.flags.is_none()));
}

/// A writer makes, labels and releases pages; readers list, count and read by id all the while.
#[test]
fn readers_never_see_what_was_not_written() {
    let store = Store::new();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut last_created = 0;
                while !done.load(Relaxed) {
                    let totals = queries::counts(&store).totals;
                    assert_eq!(totals.created, totals.closed + totals.abandoned + totals.in_flight);
                    assert!(totals.created >= last_created, "a release must not lose or double a context");
                    last_created = totals.created;
                    for context in queries::contexts(&store, &Filter::default()).iter().take(20) {
                        // One character per page, so a label of two pages would show.
                        let letter = char::from(b'a' + (context.id / 256 % 26) as u8);
                        assert!(context.label.chars().all(|seen| seen == letter), "{context:?}");
                        if let Ok(label) = queries::read_label(&store, context.id) {
                            assert!(label.chars().all(|seen| seen == letter));
                        }
                    }
                }
            });
        }
        let mut pages: Vec<Arc<Page>> = Vec::new();
        for _ in 0..400 {
            let page = store.pages.allocate(0).unwrap();
            let label = char::from(b'a' + (page.id() % 26) as u8).to_string().repeat(64);
            for _ in 0..255 {
                page.record(page.cursor()).set_label(&label);
                make(&page, State::Active, 0);
            }
            pages.push(page);
            if pages.len() > 4 {
                store.pages.release(pages.remove(0).id());
            }
        }
        done.store(true, Relaxed);
    });
    assert_eq!(queries::counts(&store).totals.created, 400 * 255);
}
