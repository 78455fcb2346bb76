//! A small HTTP server on a thread of its own, which shows what the process does while JavaScript is blocked.
//!
//! It reads the same memory as `store/queries.rs`. It never waits for JavaScript and JavaScript never waits for it; only `/leaks`
//! requests data from JavaScript, and uses its last report if that takes long.

mod access;
mod connections;
mod contexts;
mod counters;
mod cpu_budget;
mod health;
mod leaks;
mod loops;
mod metrics;
mod page;
mod respond;
mod routes;
mod server;
mod slow;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;

use self::server::Server;
use crate::error::{Error, Result};
use crate::latency::LatencyTable;
use crate::store::Store;
use crate::sync::Mutex;
use crate::watchdog::Watchdog;

/// The configuration of a server.
pub struct Settings {
    /// Where it listens; port 0 is any that is free. The caller has checked that an address that is not loopback has a token.
    pub address: SocketAddr,
    /// What clients must send, if anything.
    pub token: Option<String>,
    /// Milliseconds for which a thread may be blocked before `/livez` fails.
    pub max_blocked_ms: u64,
    /// Fail, rather than take another port or the running server.
    pub strict: bool,
    /// Id of the thread that started it. The server ends with it.
    pub owner: u32,
    /// Has JavaScript send what its thread knows of leaks. It must not block.
    pub request_leaks: Box<dyn Fn() + Send + Sync>,
}

/// What the server shows.
#[derive(Clone, Copy)]
pub struct Sources {
    /// Contexts and threads.
    pub store: &'static Store,
    /// Stalls.
    pub watchdog: &'static Watchdog,
    /// Latencies.
    pub latency: &'static LatencyTable,
}

/// A running server: the requested one, or the closest to it.
#[derive(Debug, PartialEq)]
pub struct Started {
    /// Where it listens.
    pub address: SocketAddr,
    /// Why the port is not the requested one, if it is another.
    pub moved: Option<String>,
    /// It was running before.
    pub joined: bool,
    /// Its settings are the requested ones, except perhaps the port.
    pub alike: bool,
}

struct Running {
    address: SocketAddr,
    server: Arc<Server>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    // The thread of a stopped server, which may hold its port a moment longer.
    ending: Option<JoinHandle<()>>,
}

/// The server of a process, if one is running.
#[derive(Default)]
pub struct Diagnostics {
    state: Mutex<State>,
}

impl Diagnostics {
    /// Starts a server, and has all threads write heartbeats. Unless the settings are strict, another port replaces one that is in
    /// use or not permitted, and a process keeps the server that it has.
    ///
    /// # Errors
    /// `Listen` if the system refuses the address or a thread; if strict, also for the port, and `Serving` if a server is running.
    pub fn start(&self, sources: Sources, settings: Settings) -> Result<Started> {
        let started = {
            let mut state = self.state.lock();
            if let Some(Running { address, server, .. }) = state.running() {
                if settings.strict {
                    return Err(Error::Serving);
                }
                let alike = server.settings.is_like(&settings);
                return Ok(Started { address: *address, moved: None, joined: true, alike });
            }
            if let Some(ending) = state.ending.take() {
                // It waits for nothing, so this takes no longer than the response that it may be making.
                let _ = ending.join();
            }
            let requested = settings.address;
            let failed = |error: io::Error| Error::Listen {
                address: requested.to_string(),
                reason: error.to_string(),
            };
            let (listener, moved) = listen(requested, settings.strict).map_err(failed)?;
            listener.set_nonblocking(true).map_err(failed)?;
            let address = listener.local_addr().map_err(failed)?;
            let server = Arc::new(Server::new(sources, settings));
            let thread = server::spawn(&server, listener).map_err(failed)?;
            state.running = Some(Running { address, server, thread });
            Started { address, moved, joined: false, alike: true }
        };
        sources.store.listeners.notify();
        Ok(started)
    }

    /// Ends the server, without waiting for its thread; false if none was running.
    pub fn stop(&self, store: &Store) -> bool {
        {
            let mut state = self.state.lock();
            let Some(Running { server, thread, .. }) = state.running.take() else { return false };
            server.stop.notify_one();
            state.ending = Some(thread);
        }
        store.listeners.notify();
        true
    }

    /// True while a server is running.
    pub fn is_on(&self) -> bool {
        self.state.lock().running().is_some()
    }

    /// Ends the server of a thread that ends.
    pub fn leave(&self, store: &Store, thread: u32) {
        if self.server().is_some_and(|server| server.settings.owner == thread) {
            self.stop(store);
        }
    }

    /// Takes what JavaScript sends after `request_leaks`: the JSON of an object, or none if it failed.
    pub fn take_leaks(&self, json: Option<String>) {
        if let Some(server) = self.server() {
            server.leaks.take(json);
        }
    }

    fn server(&self) -> Option<Arc<Server>> {
        self.state.lock().running.as_ref().map(|running| Arc::clone(&running.server))
    }
}

impl Settings {
    /// True for settings that differ in nothing that users can see.
    fn is_like(&self, other: &Self) -> bool {
        (self.address, &self.token, self.max_blocked_ms)
            == (other.address, &other.token, other.max_blocked_ms)
    }
}

impl State {
    fn running(&self) -> Option<&Running> {
        // A server that panicked, which it should not, makes room for the next.
        self.running.as_ref().filter(|running| !running.server.over.load(Relaxed))
    }
}

/// Ports that are tried after the requested one, so that the processes of a cluster have neighbouring ones.
const NEXT_PORTS: u16 = 32;

/// A listener at the address, or unless strict at another port of it, and then why.
fn listen(requested: SocketAddr, strict: bool) -> io::Result<(TcpListener, Option<String>)> {
    let refused = match TcpListener::bind(requested) {
        Ok(listener) => return Ok((listener, None)),
        Err(error) => error,
    };
    let next = match refused.kind() {
        _ if strict => return Err(refused),
        ErrorKind::AddrInUse => NEXT_PORTS,
        // Those that follow are as privileged.
        ErrorKind::PermissionDenied => 0,
        _ => return Err(refused),
    };
    let after = (1..=next).filter_map(|step| requested.port().checked_add(step));
    for port in after.chain([0]) {
        if let Ok(listener) = TcpListener::bind(SocketAddr::new(requested.ip(), port)) {
            return Ok((listener, Some(refused.to_string())));
        }
    }
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_replaced_by_the_next_free_one() {
        let (first, moved) = listen(SocketAddr::from(([127, 0, 0, 1], 0)), false).unwrap();
        assert_eq!(moved, None);
        let requested = first.local_addr().unwrap();
        assert_eq!(listen(requested, true).unwrap_err().kind(), ErrorKind::AddrInUse);
        let (second, moved) = listen(requested, false).unwrap();
        assert_ne!(second.local_addr().unwrap().port(), requested.port());
        assert!(moved.is_some());
    }

    #[test]
    fn the_last_port_is_followed_by_any_free_one() {
        let last = SocketAddr::from(([127, 0, 0, 1], u16::MAX));
        // If another process has it, that is as good.
        let _held = TcpListener::bind(last);
        let (listener, _) = listen(last, false).unwrap();
        assert_ne!(listener.local_addr().unwrap().port(), u16::MAX);
    }

    #[test]
    fn an_address_of_another_machine_is_refused() {
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 0));
        assert!(listen(elsewhere, false).is_err());
    }
}
