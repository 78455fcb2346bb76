//! Reading contexts from any thread, as plain values. Nothing here stops or waits for JavaScript.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::clock::Clock;
pub use crate::store::context_info::ContextInfo;
use crate::store::oldest::Oldest;
use crate::store::pages::record::word;
use crate::store::pages::{ContextId, Page, Record, RecordRef, RequestKind, State, Totals};
use crate::store::registry::{Field, Scalar, SlotKind, SlotSpec};
use crate::store::tables::Store;
use crate::store::waits;

/// Which contexts to list. The default lists every request that is in flight.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// At most this many, the oldest; none for all.
    pub limit: Option<usize>,
    /// Only those whose label contains this.
    pub label: Option<String>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this thread.
    pub thread: Option<u32>,
    /// Also child contexts, not only requests.
    pub children: bool,
    /// Also closed contexts whose page is still live.
    pub closed: bool,
    /// Ids of contexts to list even if they are closed.
    pub also: Vec<u64>,
    /// Fill in `ContextInfo::flags`.
    pub flags: bool,
    /// Fill in `ContextInfo::waiting`.
    pub waits: bool,
    /// Only those that wait for something whose label contains this.
    pub waiting: Option<String>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Contexts made, by what became of them, since the process started.
    #[serde(flatten)]
    pub totals: Totals,
    /// Pages that JavaScript still reaches.
    pub live_pages: u64,
    /// Contexts in those pages, in any state.
    pub live_records: u64,
    /// Attached JavaScript threads.
    pub threads: u64,
}

/// Lists contexts, oldest first.
pub fn contexts(store: &Store, filter: &Filter) -> Vec<ContextInfo> {
    list(store, filter, false).0
}

/// Lists contexts, oldest first, and counts all that there are, also those beyond the limit.
pub fn contexts_and_total(store: &Store, filter: &Filter) -> (Vec<ContextInfo>, usize) {
    list(store, filter, true)
}

fn list(store: &Store, filter: &Filter, count: bool) -> (Vec<ContextInfo>, usize) {
    // Copied first: a lock held during the scan would make every registration wait for it.
    let flags = if filter.flags { native_flags(store) } else { Vec::new() };
    let (pages, _) = store.pages.snapshot();
    let clock = store.threads.clock();
    let limit = filter.limit.unwrap_or(usize::MAX);
    // Which ones wait for something is known when all are listed.
    let mut oldest = Oldest::new(if filter.waiting.is_some() { usize::MAX } else { limit }, clock);
    let mut total = 0;
    for page in pages.iter().filter(|page| filter.thread.is_none_or(|thread| thread == page.thread())) {
        for (index, record) in page.records() {
            let id = ContextId::of(page.id(), index).get();
            let started = record.word(word::STARTED);
            let takes = oldest.takes(started, id);
            // One thread fills a page, in the order of time: the rest is younger.
            if !takes && !count {
                break;
            }
            // Read once: the context may be closed while it is described.
            let (state, parent) = (record.state(), record.parent());
            let closed = filter.closed || filter.also.contains(&id);
            let wanted = (state.is_in_flight() || closed && state == State::Closed)
                && filter.state.is_none_or(|only| only == state)
                && (filter.children || !record.is_child())
                && filter.label.as_ref().is_none_or(|part| record.label_contains(part));
            if !wanted {
                continue;
            }
            total += 1;
            if takes {
                let (thread, kind, label) = (page.thread(), record.kind(), record.label());
                let flags = filter.flags.then(|| set_flags(record, &flags));
                // Times for now; ages once the scan is over.
                let (age_ms, idle_ms) = (started, record.word(word::TOUCHED));
                let waiting = None;
                oldest.push(ContextInfo {
                    id,
                    kind,
                    state,
                    label,
                    age_ms,
                    idle_ms,
                    thread,
                    parent,
                    flags,
                    waiting,
                });
            }
        }
    }
    let mut found = oldest.list(clock);
    if filter.waits || filter.waiting.is_some() {
        fill_in_waits(&mut found, &pages, clock);
    }
    if let Some(part) = &filter.waiting {
        found.retain(|info| info.waiting.iter().flatten().any(|wait| wait.label.contains(part)));
        total = found.len();
        found.truncate(limit);
    }
    (found, total)
}

/// `pages` in order of their ids.
fn fill_in_waits(found: &mut [ContextInfo], pages: &[Arc<Page>], clock: Clock) {
    // Most pages have none, and to look at each record of 100 000 requests takes milliseconds.
    let records = pages.iter().filter(|page| page.has_nested()).flat_map(|page| {
        page.records().map(|(index, record)| (ContextId::of(page.id(), index).get(), record))
    });
    let find = |id: u64| {
        let id = ContextId::new(id).ok()?;
        let page = &pages[pages.binary_search_by_key(&id.page(), |page| page.id()).ok()?];
        (id.index() < page.cursor()).then(|| page.record(id.index()))
    };
    let waits = waits::of(found.iter().map(|info| info.id), records, find, clock.now_ms());
    for (info, wait) in found.iter_mut().zip(waits) {
        info.waiting = Some(wait);
    }
}

fn native_flags(store: &Store) -> Vec<(SlotSpec, Field)> {
    let registry = store.registry.read();
    let flags = registry.list().iter().filter(|slot| slot.spec.kind == SlotKind::Flag);
    flags.filter_map(|slot| Some((slot.spec.clone(), slot.field?))).collect()
}

fn set_flags(record: Record<'_>, flags: &[(SlotSpec, Field)]) -> Vec<Cow<'static, str>> {
    let set = flags.iter().filter(|(spec, field)| record.slot(spec, *field) == Some(Scalar::Bool(true)));
    set.map(|(spec, _)| spec.key.clone()).collect()
}

/// Counts contexts, pages and threads.
pub fn counts(store: &Store) -> Counts {
    let (pages, mut totals) = store.pages.snapshot();
    let mut live_records = 0;
    for page in &pages {
        let page_totals = Totals::of(page);
        live_records += page_totals.created + page_totals.children;
        totals += page_totals;
    }
    Counts {
        totals,
        live_pages: pages.len() as u64,
        live_records,
        threads: store.threads.list().len() as u64,
    }
}

/// Requests and tasks in flight, counted by kind and by state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InFlight {
    /// By kind; kinds of which there is none are left out.
    pub by_kind: BTreeMap<RequestKind, u64>,
    /// By state; states in which there is none are left out.
    pub by_state: BTreeMap<State, u64>,
}

/// Counts outgoing work that is not over, by target; see [`waits::targets`].
pub fn outgoing(store: &Store) -> BTreeMap<String, u64> {
    let (pages, _) = store.pages.snapshot();
    waits::targets(
        pages
            .iter()
            .filter(|page| page.has_nested())
            .flat_map(|page| page.records().map(|(_, record)| record)),
    )
}

/// Counts what is in flight.
pub fn in_flight(store: &Store) -> InFlight {
    let (mut by_kind, mut by_state) = ([0; RequestKind::ALL.len()], [0; State::ALL.len()]);
    for page in &store.pages.snapshot().0 {
        for (_, record) in page.records() {
            let state = record.state();
            if state.is_in_flight() && !record.is_child() {
                by_kind[record.kind() as usize] += 1;
                by_state[state as usize] += 1;
            }
        }
    }
    InFlight { by_kind: present(RequestKind::ALL, &by_kind), by_state: present(State::ALL, &by_state) }
}

fn present<T: Copy + Ord>(all: &[T], counts: &[u64]) -> BTreeMap<T, u64> {
    all.iter().copied().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
}

fn resolve(store: &Store, id: u64) -> Result<RecordRef> {
    store.pages.resolve(ContextId::new(id)?)
}

fn native_slot(store: &Store, id: u64) -> Result<(SlotSpec, Field)> {
    let registry = store.registry.read();
    let slot = registry.get(id)?;
    match slot.field {
        Some(field) => Ok((slot.spec.clone(), field)),
        None => Err(Error::SlotKind {
            key: slot.spec.key.to_string(),
            reason: format!(
                "is not native (kind {:?}, lifetime {:?}); read it in JavaScript",
                slot.spec.kind.name(),
                slot.spec.lifetime.name()
            ),
        }),
    }
}

/// The value of a native slot; none if JavaScript holds it.
///
/// # Errors
/// `InvalidId` or `StaleId` for the context, `SlotUnknown` or `SlotKind` for the slot.
pub fn read_slot(store: &Store, id: u64, slot: u64) -> Result<Option<Scalar>> {
    let record = resolve(store, id)?;
    let (spec, field) = native_slot(store, slot)?;
    Ok(record.record().slot(&spec, field))
}

/// Sets a native slot.
///
/// # Errors
/// Those of [`read_slot`], and `SlotKind` if the value is outside the slot's domain.
pub fn write_slot(store: &Store, id: u64, slot: u64, value: &Scalar) -> Result<()> {
    let record = resolve(store, id)?;
    let (spec, field) = native_slot(store, slot)?;
    record.record().set_slot(&spec, field, value)
}

/// The label of a context.
///
/// # Errors
/// `InvalidId` or `StaleId`.
pub fn read_label(store: &Store, id: u64) -> Result<String> {
    Ok(resolve(store, id)?.record().label())
}

/// Names a context; see [`Record::set_name`].
///
/// # Errors
/// `InvalidId` or `StaleId`.
pub fn write_label(store: &Store, id: u64, label: &str) -> Result<()> {
    resolve(store, id)?.record().set_name(label);
    Ok(())
}

/// State and kind of a context.
///
/// # Errors
/// `InvalidId` or `StaleId`.
pub fn read_state(store: &Store, id: u64) -> Result<(State, RequestKind)> {
    let found = resolve(store, id)?;
    let record = found.record();
    Ok((record.state(), record.kind()))
}
