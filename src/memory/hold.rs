//! What keeps memory alive while JavaScript has it mapped, and how that ends. No panic leaves it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::sync::Mutex;

type End = Box<dyn FnOnce(Why) + Send>;

#[derive(Clone, Copy)]
enum Why {
    Collected,
    Refused,
}

/// The owner of mapped memory. It ends once, by whichever comes first: the ArrayBuffer is collected, or was never made.
///
/// A host that fails to make an ArrayBuffer may or may not call its finalizer, now or later. So both, the finalizer
/// and the call that failed, hold this through an `Arc`, and only the first of them finds the owner. Where the host forgets
/// its share, these few bytes leak, never the owner.
pub struct Hold(Mutex<Option<End>>);

impl Hold {
    /// Holds `owner` until [`Hold::collected`], which calls `collected` with it first, or [`Hold::refused`], which does not.
    pub fn new<Owner: Send + Sync + 'static>(
        owner: Arc<Owner>,
        collected: impl FnOnce(&Owner) + Send + 'static,
    ) -> Arc<Self> {
        let end = move |why| {
            // Each by itself: a panic in the one must not meet a panic in the other, which would end the process.
            match why {
                Why::Collected => contain(|| collected(&owner)),
                Why::Refused => contain(|| drop(collected)),
            }
            contain(|| drop(owner));
        };
        Arc::new(Self(Mutex::new(Some(Box::new(end)))))
    }

    /// JavaScript is done with the memory. May be called on any thread, and from C.
    pub fn collected(&self) {
        self.end(Why::Collected);
    }

    /// JavaScript never got the memory.
    pub fn refused(&self) {
        self.end(Why::Refused);
    }

    fn end(&self, why: Why) {
        // The lock is free again before anything is dropped.
        let end = self.0.lock().take();
        if let Some(end) = end {
            end(why);
        }
    }
}

/// Runs `work` and keeps its panic here; the panic hook has reported it.
fn contain(work: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(work)) {
        // To drop a payload can panic again.
        std::mem::forget(payload);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;

    static PANICS: AtomicUsize = AtomicUsize::new(0);

    struct Panics;

    impl Drop for Panics {
        fn drop(&mut self) {
            PANICS.fetch_add(1, Relaxed);
            // The payload panics too when it is dropped, unless that is a panic within a panic.
            if !std::thread::panicking() {
                panic_any(Payload);
            }
        }
    }

    struct Payload;

    impl Drop for Payload {
        fn drop(&mut self) {
            panic!("the payload of a panic");
        }
    }

    struct Counts(Arc<AtomicUsize>);

    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// As C would call a finalizer: a panic that reaches it aborts the process.
    extern "C" fn finalize(hold: &Hold) {
        hold.collected();
    }

    #[test]
    fn the_owner_goes_once_whichever_side_comes_first() {
        for refused_first in [false, true] {
            let (dropped, calls) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let count = Arc::clone(&calls);
            let hold = Hold::new(Arc::new(Counts(Arc::clone(&dropped))), move |_| {
                count.fetch_add(1, Relaxed);
            });
            let finalizers = Arc::clone(&hold);
            if refused_first {
                hold.refused();
            }
            finalize(&finalizers);
            hold.refused();
            finalize(&finalizers);
            let once = usize::from(!refused_first);
            assert_eq!(
                (dropped.load(Relaxed), calls.load(Relaxed)),
                (1, once),
                "refused first: {refused_first}"
            );
            assert_eq!(Arc::strong_count(&calls), 1, "what `collected` captured is dropped as well");
        }
    }

    #[test]
    fn no_panic_of_an_owner_or_a_callback_crosses() {
        finalize(&Hold::new(Arc::new(Panics), |_| panic_any(Payload)));
        let captured = Panics;
        finalize(&Hold::new(Arc::new(Panics), move |_| drop(captured)));
        let captured = Panics;
        Hold::new(Arc::new(Panics), move |_| drop(captured)).refused();
        assert_eq!(PANICS.load(Relaxed), 5);
    }

    #[test]
    fn finalizers_on_several_threads_end_it_once() {
        let dropped = Arc::new(AtomicUsize::new(0));
        let hold = Hold::new(Arc::new(Counts(Arc::clone(&dropped))), |_| {});
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| hold.collected());
            }
        });
        assert_eq!(dropped.load(Relaxed), 1);
    }
}
