//! `/counters` and `/eventloop`: how many contexts there are and were, how long they took, how late the event loops are.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};

use super::server::Server;
use crate::latency::Distribution;
use crate::store::pages::Totals;
use crate::store::queries::{self, InFlight};
use crate::text;

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
pub struct Counters {
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    in_flight: InFlight,
    pages: u64,
    threads: u64,
    histograms: Arc<[Distribution]>,
}

/// Counts contexts.
pub fn count(server: &Server) -> Counters {
    let store = server.store;
    let counts = queries::counts(store);
    Counters {
        totals: counts.totals,
        in_flight: queries::in_flight(store),
        pages: counts.live_pages,
        threads: counts.threads,
        histograms: server.distributions.lock().get(server),
    }
}

/// The response of `/eventloop`: how late each event loop was in the last minutes. `delaysMs` are the longest delays of each
/// second, oldest first, the last one being over for less than a second.
pub fn event_loops(server: &Server) -> Value {
    let loops = server.loops.lock();
    let threads =
        loops.seconds().map(|(thread, delays_ms)| json!({ "thread": thread, "delaysMs": delays_ms }));
    json!({ "now": text::now(), "threads": threads.collect::<Vec<_>>() })
}
