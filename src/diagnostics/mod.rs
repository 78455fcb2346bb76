//! A small HTTP server on a thread of its own, which shows what the process is at while JavaScript is stuck.
//!
//! It reads the same memory as `inspect.rs`. It waits for no JavaScript and no JavaScript waits for it; only `/leaks` asks
//! JavaScript, and answers without it if that takes long.

mod access;
mod connections;
mod contexts;
mod counters;
mod health;
mod leaks;
mod loops;
mod metrics;
mod never_closed;
mod pace;
mod page;
mod respond;
mod routes;
mod server;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;

use tokio::sync::Notify;

use self::leaks::Leaks;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::sync::Mutex;

/// What a server is set to.
pub struct Settings {
    /// Where it listens. Whoever is no loopback address needs a token, which the caller has checked.
    pub address: IpAddr,
    /// The port, 0 for any that is free.
    pub port: u16,
    /// What clients must know, if anything.
    pub token: Option<String>,
    /// What a browser gets once its user has shown the token: random text, good for a cookie.
    pub session: String,
    /// Milliseconds for which a thread may be stuck before `/livez` fails.
    pub stuck_ms: u64,
    /// Id of the thread that started it. The server ends with it.
    pub owner: u32,
    /// Asks JavaScript what its thread knows of leaks. It must not block.
    pub ask_leaks: Box<dyn Fn() + Send + Sync>,
}

struct Running {
    owner: u32,
    stop: Arc<Notify>,
    leaks: Arc<Leaks>,
    over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    // Of a server that was stopped and may hold its port for a moment more.
    ending: Option<JoinHandle<()>>,
}

/// The server of a process, if it is on.
#[derive(Default)]
pub struct Diagnostics {
    state: Mutex<State>,
}

impl Diagnostics {
    /// Starts a server that shows the store, and has all threads beat.
    ///
    /// # Errors
    /// `Serving` if one is on; `Listen` if the port is taken or the system refuses a thread.
    pub fn start(&self, store: &'static Store, settings: Settings) -> Result<SocketAddr> {
        let asked = SocketAddr::new(settings.address, settings.port);
        let failed =
            |error: std::io::Error| Error::Listen { address: asked.to_string(), reason: error.to_string() };
        let address = {
            let mut state = self.state.lock();
            if state.is_on() {
                return Err(Error::Serving);
            }
            if let Some(ending) = state.ending.take() {
                // It waits for nothing, so this takes no longer than the answer that it may be at.
                let _ = ending.join();
            }
            let listener = TcpListener::bind(asked).map_err(failed)?;
            listener.set_nonblocking(true).map_err(failed)?;
            let address = listener.local_addr().map_err(failed)?;
            let owner = settings.owner;
            let (stop, over, leaks) =
                (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)), Arc::new(Leaks::default()));
            let thread = server::spawn(
                store,
                settings,
                listener,
                Arc::clone(&stop),
                Arc::clone(&over),
                Arc::clone(&leaks),
            )
            .map_err(failed)?;
            state.running = Some(Running { owner, stop, leaks, over, thread });
            address
        };
        store.followers.tell();
        Ok(address)
    }

    /// Ends the server, without waiting for its thread; false if none was on.
    pub fn stop(&self, store: &Store) -> bool {
        {
            let mut state = self.state.lock();
            let Some(Running { stop, thread, .. }) = state.running.take() else { return false };
            stop.notify_one();
            state.ending = Some(thread);
        }
        store.followers.tell();
        true
    }

    /// True while a server is on.
    pub fn is_on(&self) -> bool {
        self.state.lock().is_on()
    }

    /// Ends the server of a thread that ends.
    pub fn leave(&self, store: &Store, thread: u32) {
        let owned = self.state.lock().running.as_ref().is_some_and(|running| running.owner == thread);
        if owned {
            self.stop(store);
        }
    }

    /// Takes what JavaScript answers to `ask_leaks`: the JSON of an object with at least one field, or none if it failed.
    pub fn take_leaks(&self, json: Option<String>) {
        let leaks = self.state.lock().running.as_ref().map(|running| Arc::clone(&running.leaks));
        if let Some(leaks) = leaks {
            leaks.take(json);
        }
    }
}

impl State {
    fn is_on(&self) -> bool {
        // A server that fell over, which it should not, makes room for the next.
        self.running.as_ref().is_some_and(|running| !running.over.load(Relaxed))
    }
}
