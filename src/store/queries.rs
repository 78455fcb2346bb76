//! Reading contexts from any thread, as plain values. Nothing here stops or waits for JavaScript.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::clock::Clock;
use crate::store::pages::record::word;
use crate::store::pages::{ContextId, Record, RecordRef, RequestKind, State, Totals};
use crate::store::registry::{Field, Scalar, Slot, SlotSpec};
use crate::store::tables::Store;

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
    /// Fill in `ContextInfo::slots`.
    pub slots: bool,
}

/// A context as it was at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextInfo {
    /// Its id.
    pub id: u64,
    /// What sort of request it serves.
    pub kind: RequestKind,
    /// Its state.
    pub state: State,
    /// The text that a person recognises it by.
    pub label: String,
    /// Milliseconds since it was made, to 10 ms.
    pub age_ms: u32,
    /// Milliseconds since it was last touched, to 10 ms; 0 if it never was.
    pub idle_ms: u32,
    /// Id of its thread.
    pub thread: u32,
    /// Id of the context that it was made in.
    pub parent: Option<u64>,
    /// Value of every native slot by key; none as a value means that JavaScript holds it. None unless the filter selects them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slots: Option<BTreeMap<String, Option<Scalar>>>,
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
    // Copied first: a lock held during the scan would make every registration wait for it.
    let slots: Vec<Slot> = if filter.slots { store.registry.read().list().to_vec() } else { Vec::new() };
    let (pages, _) = store.pages.snapshot();
    let mut found: Vec<ContextInfo> = Vec::new();
    for page in pages.iter().filter(|page| filter.thread.is_none_or(|thread| thread == page.thread())) {
        for (index, record) in page.records() {
            // Read once: the context may be closed while it is described.
            let (state, parent) = (record.state(), record.parent());
            let id = ContextId::of(page.id(), index).get();
            let closed = filter.closed || filter.also.contains(&id);
            let wanted = (state.is_in_flight() || closed && state == State::Closed)
                && filter.state.is_none_or(|only| only == state);
            if wanted && (filter.children || !record.is_child()) {
                let label = record.label();
                if !filter.label.as_ref().is_none_or(|part| label.contains(part.as_str())) {
                    continue;
                }
                let (thread, kind) = (page.thread(), record.kind());
                let slots = filter.slots.then(|| values(record, &slots).collect());
                // Times for now; ages once the scan is over.
                let (age_ms, idle_ms) = (record.word(word::STARTED), record.word(word::TOUCHED));
                found.push(ContextInfo { id, kind, state, label, age_ms, idle_ms, thread, parent, slots });
            }
        }
    }
    // Read once, or the later of two contexts could come out as the older; and after their own times, or a time from the
    // future would come out as an age of 49 days.
    let now = store.threads.clock().now_ms();
    for info in &mut found {
        info.age_ms = Clock::age_ms(info.age_ms, now);
        info.idle_ms = Clock::age_ms(info.idle_ms, now);
    }
    found.sort_by(|a, b| b.age_ms.cmp(&a.age_ms).then(a.id.cmp(&b.id)));
    found.truncate(filter.limit.unwrap_or(usize::MAX));
    found
}

fn values(record: Record<'_>, slots: &[Slot]) -> impl Iterator<Item = (String, Option<Scalar>)> {
    slots.iter().filter_map(move |Slot { spec, field, .. }| {
        field.map(|field| (spec.key.to_string(), record.slot(spec, field)))
    })
}

/// Lists the keys of the native flags that are set in a context, by its id; none if it is gone.
pub fn flags(store: &Store) -> impl Fn(u64) -> Vec<String> {
    let slots: Vec<Slot> = store.registry.read().list().to_vec();
    move |id| {
        let Ok(found) = resolve(store, id) else { return Vec::new() };
        values(found.record(), &slots)
            .filter_map(|(key, value)| (value == Some(Scalar::Bool(true))).then_some(key))
            .collect()
    }
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

/// Counts what is in flight.
pub fn in_flight(store: &Store) -> InFlight {
    let mut counts = InFlight::default();
    for page in &store.pages.snapshot().0 {
        for (_, record) in page.records() {
            let state = record.state();
            if state.is_in_flight() && !record.is_child() {
                *counts.by_kind.entry(record.kind()).or_default() += 1;
                *counts.by_state.entry(state).or_default() += 1;
            }
        }
    }
    counts
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
