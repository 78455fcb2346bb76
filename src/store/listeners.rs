//! The JavaScript threads that are notified when something starts or stops that concerns all of them.

use std::sync::Arc;

use crate::sync::Mutex;

/// Notifies a thread. It must not block.
pub type Changed = Arc<dyn Fn() + Send + Sync>;

struct Listener {
    thread: u32,
    changed: Changed,
}

/// The threads that are notified.
#[derive(Default)]
pub struct Listeners {
    list: Mutex<Vec<Listener>>,
}

impl Listeners {
    /// Adds a thread.
    pub fn add(&self, thread: u32, changed: Changed) {
        self.list.lock().push(Listener { thread, changed });
    }

    /// Removes a thread that ends.
    pub fn remove(&self, thread: u32) {
        // Dropped without the lock: to let go of a JavaScript function can take long.
        let left: Vec<Listener> =
            self.list.lock().extract_if(.., |listener| listener.thread == thread).collect();
        drop(left);
    }

    /// Notifies all of them.
    pub fn notify(&self) {
        let all: Vec<Changed> =
            self.list.lock().iter().map(|listener| Arc::clone(&listener.changed)).collect();
        for changed in all {
            changed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    #[test]
    fn removed_threads_are_not_notified() {
        let listeners = Listeners::default();
        let counts = [0, 1].map(|thread| {
            let count = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&count);
            listeners.add(
                thread,
                Arc::new(move || {
                    counted.fetch_add(1, Relaxed);
                }),
            );
            count
        });
        listeners.notify();
        listeners.remove(0);
        listeners.notify();
        assert_eq!(counts.map(|count| count.load(Relaxed)), [1, 2]);
    }
}
