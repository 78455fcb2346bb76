//! The server's thread: it samples the event loops, accepts connections and bounds what they take.

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::connections::{Connections, Place};
use super::counters::Distributions;
use super::cpu_budget::CpuBudget;
use super::leaks::Leaks;
use super::loops::Loops;
use super::routes;
use super::{Settings, Sources};
use crate::latency::LatencyTable;
use crate::limits::{REQUEST_HEAD_BYTES, REQUEST_HEAD_MS, REQUEST_MS};
use crate::store::Store;
use crate::sync::Mutex;
use crate::watchdog::{Client, Reading, Watchdog};

/// Between two samples of the heartbeats: half of what is between two heartbeats, so that none is missed.
const SAMPLE: Duration = Duration::from_millis(25);

/// Rest after a connection that could not be accepted: the process may have no file descriptor left.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// What the responses are made from.
pub(super) struct Server {
    pub store: &'static Store,
    pub watchdog: &'static Watchdog,
    pub latency: &'static LatencyTable,
    pub settings: Settings,
    pub started: Instant,
    pub leaks: Leaks,
    /// Ends the thread.
    pub stop: Notify,
    /// The thread has ended.
    pub over: AtomicBool,
    // These are locked by the server's thread only.
    pub loops: Mutex<Loops>,
    pub distributions: Mutex<Distributions>,
    pub cpu_budget: CpuBudget,
}

impl Server {
    pub fn new(Sources { store, watchdog, latency }: Sources, settings: Settings) -> Self {
        Self {
            store,
            watchdog,
            latency,
            settings,
            started: Instant::now(),
            leaks: Leaks::default(),
            stop: Notify::new(),
            over: AtomicBool::new(false),
            loops: Mutex::default(),
            distributions: Mutex::default(),
            cpu_budget: CpuBudget::new(),
        }
    }
}

/// Starts the thread of a server.
pub(super) fn spawn(
    server: &Arc<Server>,
    listener: std::net::TcpListener,
) -> std::io::Result<JoinHandle<()>> {
    let server = Arc::clone(server);
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let listener = {
        let _inside = runtime.enter();
        TcpListener::from_std(listener)?
    };
    std::thread::Builder::new().name("onescope-serve".to_owned()).spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| run(&runtime, &server, listener)));
        server.over.store(true, Relaxed);
        if ended.is_err() {
            // The panic hook has reported it. The process goes on without a server, and threads need write no heartbeats for it.
            server.store.listeners.notify();
        }
    })
}

fn run(runtime: &Runtime, server: &Arc<Server>, listener: TcpListener) {
    // None of them on its own: one that panics, which none should, must end the others too, and not be missed.
    let mut sampling = pin!(sample(server));
    let mut accepting = pin!(accept(server, listener));
    let mut stopped = pin!(server.stop.notified());
    runtime.block_on(poll_fn(|cx| {
        let polls = [sampling.as_mut().poll(cx), accepting.as_mut().poll(cx), stopped.as_mut().poll(cx)];
        if polls.iter().any(Poll::is_ready) { Poll::Ready(()) } else { Poll::Pending }
    }));
}

async fn sample(server: &Server) {
    let mut timer = interval(SAMPLE);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        // A heartbeat is a copy of the clock: with a clock that stands still the thread would seem blocked.
        server.store.threads.refresh_clocks();
        let readings: Vec<Reading> = server.store.threads.all().iter().map(Reading::of).collect();
        let now = server.store.threads.clock().now_ms();
        let debugger = server.watchdog.debugger.check(now, &readings);
        // What is going on is known in a moment. A step that takes longer counts as a short one.
        if debugger != Client::Connecting {
            let second = server.started.elapsed().as_secs();
            server.loops.lock().step(now, second, &readings, debugger == Client::Connected);
        }
    }
}

async fn accept(server: &Arc<Server>, listener: TcpListener) {
    let connections = Arc::new(Connections::default());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections
                    .admit(|place| tokio::spawn(serve(Arc::clone(server), stream, place)).abort_handle());
            }
            Err(_) => sleep(ACCEPT_REST).await,
        }
    }
}

/// Serves one request of a connection and closes it, so that one timeout for the connection bounds everything in it.
async fn serve(server: Arc<Server>, stream: TcpStream, place: Place) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let (server, place) = (&server, &place);
        async move {
            let response = routes::respond(server, place, &request.into_parts().0).await;
            place.responded();
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(REQUEST_HEAD_MS))
        .max_buf_size(REQUEST_HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // Clients that are slow, that leave, or that speak something else are ignored.
    let _ = timeout(Duration::from_millis(REQUEST_MS), connection).await;
}
