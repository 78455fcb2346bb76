//! The connections that are open: a fixed number, in which slow clients cannot keep others out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use tokio::task::AbortHandle;

use crate::limits::CONNECTIONS;
use crate::sync::Mutex;

/// The progress of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Step {
    /// Its request has not arrived yet.
    Receiving,
    /// Its request waits for its response.
    Responding,
    /// Its response is ready. A response that fits into the system's buffers is sent by the next turn of the server's thread,
    /// so this is a client that does not read.
    Sending,
}

struct Connection {
    step: Arc<AtomicU8>,
    task: AbortHandle,
}

#[derive(Default)]
struct Open {
    last: u64,
    // By number, so oldest first.
    connections: BTreeMap<u64, Connection>,
}

impl Open {
    /// The oldest connection at that step.
    fn first(&self, step: Step) -> Option<u64> {
        let mut connections = self.connections.iter();
        connections.find(|(_, each)| each.step.load(Relaxed) == step as u8).map(|(number, _)| *number)
    }
}

/// The connections of a server.
#[derive(Default)]
pub struct Connections {
    open: Mutex<Open>,
}

/// The place of one connection, free again once this is dropped.
pub struct Place {
    number: u64,
    step: Arc<AtomicU8>,
    connections: Arc<Connections>,
}

impl Place {
    /// Marks that the request has arrived: it keeps its place while it waits for its response.
    pub fn received(&self) {
        self.step.store(Step::Responding as u8, Relaxed);
    }

    /// Marks that the response is ready.
    pub fn responded(&self) {
        self.step.store(Step::Sending as u8, Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.lock().connections.remove(&self.number);
    }
}

impl Connections {
    /// Gives a place to a connection, whose task `start` starts. Where all are taken, the connection that has been there
    /// longest without having sent its request gives way, then the one that has not read its response; if there is none, the
    /// new one is dropped.
    pub fn admit(self: &Arc<Self>, start: impl FnOnce(Place) -> AbortHandle) {
        let number = {
            let mut open = self.open.lock();
            if open.connections.len() >= CONNECTIONS {
                let Some(number) = open.first(Step::Receiving).or_else(|| open.first(Step::Sending)) else {
                    return;
                };
                if let Some(connection) = open.connections.remove(&number) {
                    connection.task.abort();
                }
            }
            open.last += 1;
            open.last
        };
        let step = Arc::new(AtomicU8::new(Step::Receiving as u8));
        // The task starts after this turn of the server's thread, and gives its place back after that.
        let task = start(Place { number, step: Arc::clone(&step), connections: Arc::clone(self) });
        self.open.lock().connections.insert(number, Connection { step, task });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    #[test]
    fn requests_that_wait_for_a_response_stay_and_the_slowest_client_gives_way() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let all = Arc::new(Connections::default());
            let numbers = || all.open.lock().connections.keys().copied().collect::<Vec<_>>();
            let admit = |step: Step| {
                all.admit(|place| {
                    match step {
                        Step::Receiving => {}
                        Step::Responding => place.received(),
                        Step::Sending => place.responded(),
                    }
                    tokio::spawn(async move {
                        pending::<()>().await;
                        drop(place);
                    })
                    .abort_handle()
                });
            };
            let limit = CONNECTIONS as u64;
            admit(Step::Responding);
            admit(Step::Sending);
            (2..limit).for_each(|_| admit(Step::Receiving));
            assert_eq!(numbers(), (1..=limit).collect::<Vec<_>>());
            admit(Step::Responding);
            assert_eq!(numbers().len(), CONNECTIONS);
            assert_eq!(numbers()[..3], [1, 2, 4], "3 gave way");
            (3..limit).for_each(|_| admit(Step::Responding));
            assert_eq!(numbers()[..2], [1, 2]);
            admit(Step::Responding);
            let full = numbers();
            assert_eq!(full[..2], [1, limit + 1], "then 2");
            admit(Step::Responding);
            assert_eq!(numbers(), full, "all wait for their responses, so none gives way");
            tokio::task::yield_now().await;
            assert_eq!(numbers(), full, "a connection that gave way frees no other place");
        });
    }
}
