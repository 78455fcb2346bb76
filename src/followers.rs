//! The JavaScript threads that want to know when something starts or stops that concerns all of them.

use std::sync::Arc;

use crate::sync::Mutex;

/// Tells a thread. It must not block.
pub type Changed = Arc<dyn Fn() + Send + Sync>;

struct Follower {
    thread: u32,
    changed: Changed,
}

/// Who is told.
#[derive(Default)]
pub struct Followers {
    list: Mutex<Vec<Follower>>,
}

impl Followers {
    /// Adds a thread.
    pub fn add(&self, thread: u32, changed: Changed) {
        self.list.lock().push(Follower { thread, changed });
    }

    /// Takes out a thread that ends.
    pub fn remove(&self, thread: u32) {
        // Dropped without the lock: to let go of a JavaScript function can take long.
        let left: Vec<Follower> =
            self.list.lock().extract_if(.., |follower| follower.thread == thread).collect();
        drop(left);
    }

    /// Tells all of them.
    pub fn tell(&self) {
        let all: Vec<Changed> =
            self.list.lock().iter().map(|follower| Arc::clone(&follower.changed)).collect();
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
    fn those_that_left_are_not_told() {
        let followers = Followers::default();
        let told = [0, 1].map(|thread| {
            let count = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&count);
            followers.add(
                thread,
                Arc::new(move || {
                    counted.fetch_add(1, Relaxed);
                }),
            );
            count
        });
        followers.tell();
        followers.remove(0);
        followers.tell();
        assert_eq!(told.map(|count| count.load(Relaxed)), [1, 2]);
    }
}
