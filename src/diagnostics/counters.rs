//! `/counters` and `/eventloop`: how many contexts there are and were, how long they took, how late the event loops are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;

use super::server::Server;
use crate::latency::{Distribution, Latency};
use crate::limits::BUCKETS_MS;
use crate::store::pages::{RequestKind, State, Totals};
use crate::store::queries;

/// How long distributions are reused: computing them reads all pages and all histograms.
const FRESH: Duration = Duration::from_millis(500);

/// The latencies of all labels, cached.
#[derive(Default)]
pub struct Distributions {
    cached: Option<(Instant, Arc<[Distribution]>)>,
}

impl Distributions {
    /// The latencies, up to half a second old.
    pub fn get(&mut self, server: &Server) -> Arc<[Distribution]> {
        if let Some((at, list)) = &self.cached
            && at.elapsed() < FRESH
        {
            return Arc::clone(list);
        }
        let list: Arc<[Distribution]> = server.latency.read(&server.store.pages).distributions().into();
        self.cached = Some((Instant::now(), Arc::clone(&list)));
        list
    }
}

/// The response of `/counters`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    #[serde(flatten)]
    totals: Totals,
    by_kind: BTreeMap<&'static str, u64>,
    by_state: BTreeMap<&'static str, u64>,
    pages: u64,
    threads: u64,
    histograms: Vec<Histogram>,
}

#[derive(Serialize)]
struct Histogram {
    #[serde(flatten)]
    latency: Latency,
    buckets: Vec<Bucket>,
}

/// Contexts that took at most this long, and longer than the bound of the bucket before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bucket {
    // None for the last, which has no bound.
    up_to_ms: Option<u64>,
    count: u64,
}

/// Counts contexts.
pub fn count(server: &Server) -> Counters {
    let store = server.store;
    let (counts, in_flight) = (queries::counts(store), queries::in_flight(store));
    let histograms = server.distributions.lock().get(server).iter().map(Histogram::of).collect();
    Counters {
        totals: counts.totals,
        by_kind: named(&RequestKind::NAMES, &in_flight.by_kind),
        by_state: named(&State::NAMES, &in_flight.by_state),
        pages: counts.live_pages,
        threads: counts.threads,
        histograms,
    }
}

fn named(names: &[&'static str], counts: &[u64]) -> BTreeMap<&'static str, u64> {
    names.iter().zip(counts).filter(|(_, count)| **count > 0).map(|(name, count)| (*name, *count)).collect()
}

impl Histogram {
    fn of(Distribution { latency, buckets }: &Distribution) -> Self {
        let bounds = BUCKETS_MS.iter().copied().map(Some).chain([None]);
        Self {
            latency: latency.clone(),
            buckets: bounds.zip(buckets.counts).map(|(up_to_ms, count)| Bucket { up_to_ms, count }).collect(),
        }
    }
}

/// The response of `/eventloop`.
#[derive(Serialize)]
pub struct EventLoops {
    now: String,
    threads: Vec<EventLoop>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventLoop {
    thread: u32,
    // The longest delay of each second, oldest first, the last one being over for less than a second.
    delays_ms: Vec<Option<u32>>,
}

/// How late each event loop was in the last minutes.
pub fn event_loops(server: &Server) -> EventLoops {
    let threads =
        server.loops.lock().seconds().map(|(thread, delays_ms)| EventLoop { thread, delays_ms }).collect();
    EventLoops { now: humantime::format_rfc3339_millis(SystemTime::now()).to_string(), threads }
}
