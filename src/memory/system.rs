//! Mapped files and signals: all unsafe code but the binding's. What it exposes is safe.
#![allow(unsafe_code, reason = "src/lib.rs says which two files may")]
#![cfg_attr(miri, allow(dead_code, reason = "Miri has no signals"))]

use std::fs::File;
use std::io;

use memmap2::{MmapOptions, MmapRaw};

use super::Line;
#[cfg(not(target_os = "linux"))]
use super::signals::Guard;
#[cfg(target_os = "linux")]
pub(super) use linux::*;

/// A file mapped for reading and writing. It stays mapped as long as this lives, whatever becomes of the file's name.
pub(super) struct Region {
    // Dropped before the map, which it guards.
    guard: Guard,
    map: MmapRaw,
}

impl Region {
    /// Maps the first `bytes` of a file.
    pub fn new(file: &File, bytes: usize) -> io::Result<Self> {
        let mut options = MmapOptions::new();
        options.len(bytes);
        // Miri maps no files.
        let map = if cfg!(miri) { options.map_anon()?.into() } else { options.map_raw(file)? };
        let start = map.as_ptr() as usize;
        let guard = Guard::new(start..start + map.len())
            .ok_or_else(|| io::Error::other("too many files are mapped at a time"))?;
        Ok(Self { guard, map })
    }

    /// True once a part of it is not the file's any more.
    pub fn is_lost(&self) -> bool {
        self.guard.is_lost()
    }

    /// All of it, rounded down to cache lines.
    pub fn lines(&self) -> &[Line] {
        let start = self.map.as_ptr().cast::<Line>();
        // SAFETY: `from_raw_parts` requires that the memory is
        // - non-null and aligned: a mapping starts at a page of the system, a multiple of the 64 that `Line` is aligned to;
        // - valid for reads of so many lines, in one allocation: `map` is one mapping of at least that length, and is unmapped
        //   when `self` is dropped, which the result does not outlive. What its file loses meanwhile, `replace` replaces;
        // - initialised: the system filled it with the file's bytes or zeros, and for `Line` all values are valid;
        // - not mutated but inside an `UnsafeCell`: `Line` consists of atomics. Who else writes, and what is assumed of that, is
        //   in `memory/mod.rs`;
        // - not larger than `isize::MAX`: no mapping is.
        unsafe { std::slice::from_raw_parts(start, self.map.len() / size_of::<Line>()) }
    }
}

/// What runs in a signal handler, and what it reads.
///
/// All of it, from `handle` on, is async-signal-safe: it reads and writes atomics, allocates nothing, takes no lock, does not
/// panic, and calls nothing but `mmap`, `sigaction`, `raise` and the handlers of the program.
#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::{c_int, c_void};
    use std::io;
    use std::ops::Range;
    use std::ptr::{null, null_mut};
    use std::sync::Arc;
    use std::sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU64, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed, SeqCst},
    };

    use crate::memory::Memory;

    /// A value that signal handlers read. Who takes it away waits until no handler reads it.
    pub struct Published<T> {
        // Made by `Arc::into_raw`; null for none.
        value: AtomicPtr<T>,
        readers: AtomicUsize,
    }

    impl<T: Send + Sync> Published<T> {
        pub const fn none() -> Self {
            Self { value: AtomicPtr::new(null_mut()), readers: AtomicUsize::new(0) }
        }

        /// Calls `read` with the value, if there is one. Async-signal-safe if `read` is.
        pub fn read<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
            self.readers.fetch_add(1, SeqCst);
            // SAFETY: `as_ref` requires that the pointer is null or
            // - aligned and points to a valid `T`: it is from `Arc::into_raw`, and `release` drops that share only when it has
            //   seen no reader. This one is counted before it loads the pointer, in the one order of all `SeqCst` operations;
            // - not used to mutate: an `Arc` gives shared references only.
            let result = unsafe { self.value.load(SeqCst).as_ref() }.map(read);
            self.readers.fetch_sub(1, SeqCst);
            result
        }

        /// Publishes a value in place of what was there.
        pub fn replace(&self, value: Arc<T>) {
            self.release(self.value.swap(Arc::into_raw(value).cast_mut(), SeqCst));
        }

        /// Publishes a value if there is none; false if there is one.
        pub fn add(&self, value: &Arc<T>) -> bool {
            let share = Arc::clone(value);
            let pointer = Arc::as_ptr(&share).cast_mut();
            let added = self.value.compare_exchange(null_mut(), pointer, SeqCst, SeqCst).is_ok();
            if added {
                let _ = Arc::into_raw(share);
            }
            added
        }

        /// Takes the value away, if it is this one.
        pub fn remove(&self, value: &Arc<T>) {
            let value = Arc::as_ptr(value).cast_mut();
            if self.value.compare_exchange(value, null_mut(), SeqCst, SeqCst).is_ok() {
                self.release(value);
            }
        }

        /// Drops the share of a value that is not published any more. Not for signal handlers.
        fn release(&self, value: *mut T) {
            // To read takes a few instructions, or as long as the system takes to map memory.
            while self.readers.load(SeqCst) != 0 {
                std::thread::yield_now();
            }
            if !value.is_null() {
                // SAFETY: `from_raw` requires that the pointer is from `Arc::into_raw` of the same type, as all in `self.value`
                // are; and that its share is dropped once: only the call that took it out of there comes here with it.
                drop(unsafe { Arc::from_raw(value) });
            }
        }
    }

    /// Mappings at a time. A process has one, and one more for each recording that was stopped while contexts are in it.
    const MAPPINGS: usize = 64;

    /// Ordinary memory comes in at most this many pieces per mapping, because the system limits their number in a process.
    const PIECES: usize = 1024;

    /// Fewest bytes of a piece.
    const PIECE_BYTES: usize = 1 << 16;

    struct Guarded {
        addresses: Range<usize>,
        lost: AtomicBool,
        // One bit for each piece that is ordinary memory.
        replaced: [AtomicU64; PIECES / 64],
    }

    static GUARDED: [Published<Guarded>; MAPPINGS] = [const { Published::none() }; MAPPINGS];

    /// Keeps the process alive when a mapping loses bytes of its file, until it is dropped: another program shortened it, or
    /// the disk has no room for one.
    ///
    /// To touch such bytes raises SIGBUS. The handler puts ordinary memory in their place and the access continues; the mapping
    /// is marked as lost. Every other SIGBUS goes to the action that was there before.
    pub struct Guard(Arc<Guarded>);

    impl Guard {
        /// Guards a mapping, by its addresses; none if there are too many. It must be dropped before the mapping.
        pub(super) fn new(addresses: Range<usize>) -> Option<Self> {
            let replaced = [const { AtomicU64::new(0) }; PIECES / 64];
            let guarded = Arc::new(Guarded { addresses, lost: AtomicBool::new(false), replaced });
            GUARDED.iter().any(|place| place.add(&guarded)).then_some(Self(guarded))
        }

        pub(super) fn is_lost(&self) -> bool {
            self.0.lost.load(Relaxed)
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            GUARDED.iter().for_each(|place| place.remove(&self.0));
        }
    }

    impl Guarded {
        /// Replaces the piece at an address that the file has lost. False if it is not in this mapping, or the system has no
        /// memory: then the fault is not ours.
        fn replace(&self, address: usize) -> bool {
            let Range { start, end } = self.addresses;
            if !self.addresses.contains(&address) {
                return false;
            }
            let piece = (end - start).div_ceil(PIECES).next_multiple_of(PIECE_BYTES);
            let index = (address - start) / piece;
            self.lost.store(true, Relaxed);
            let bit = 1 << (index % 64);
            if self.replaced[index / 64].fetch_or(bit, AcqRel) & bit != 0 {
                // Another thread is at it, or has just done it: the access is tried again.
                return true;
            }
            let from = start + index * piece;
            let bytes = piece.min(end.next_multiple_of(4096) - from);
            // SAFETY: `mmap` with `MAP_FIXED` discards what is mapped in the range.
            // - All of it is ours: it is in a mapping of a `Region`, whose `Guard` has its addresses. The rest of its last
            //   page belongs to it as well.
            // - It is still mapped, and stays so: the access that faulted is made through the `Region`.
            // - It may change under references to it: it consists of atomics, for which zeros are valid. Those that are still
            //   the file's become zeros like those that are not, which every reader expects.
            // - It is unmapped once: the `Region` unmaps by address, whatever is mapped there.
            let mapped = unsafe {
                libc::mmap(
                    from as *mut c_void,
                    bytes,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                    -1,
                    0,
                )
            };
            mapped != libc::MAP_FAILED
        }
    }

    /// What happens at a signal. Each is from the system, or one of those with `handle` as its handler.
    #[derive(Clone, Copy)]
    pub struct Action(libc::sigaction);

    impl Action {
        // SAFETY: `zeroed` requires that zeros are a valid value: of integers, a mask and an optional function they are.
        pub const DEFAULT: Self = Self(unsafe { std::mem::zeroed() });

        /// The action of a signal; none if the system does not say.
        pub fn of(signal: c_int) -> Option<Self> {
            let mut found = Self::DEFAULT;
            // SAFETY: `sigaction` refuses what is not a signal, changes nothing for a null action, and `found` is valid for writes.
            (unsafe { libc::sigaction(signal, null(), &raw mut found.0) } == 0).then_some(found)
        }

        /// Has it happen at a signal. False if the system refuses.
        pub fn set(&self, signal: c_int) -> bool {
            // SAFETY: `sigaction` refuses what is not a signal, reads the action, which is valid, and writes nothing to null. The
            // handler of the action is `handle`, which is async-signal-safe, takes what its flags say and is never unloaded
            // (`on_process_exit` says why), or one that the system would have called already.
            unsafe { libc::sigaction(signal, &raw const self.0, null_mut()) == 0 }
        }

        /// The same with our handler; all else stays, so that system calls restart as they would have.
        pub fn with_our_handler(mut self) -> Self {
            self.0.sa_sigaction = handle as *const () as usize;
            self.0.sa_flags = self.0.sa_flags & !libc::SA_RESETHAND | libc::SA_SIGINFO | libc::SA_ONSTACK;
            self
        }

        pub fn is_ours(&self) -> bool {
            self.0.sa_sigaction == handle as *const () as usize
        }

        pub fn is_default(&self) -> bool {
            self.0.sa_sigaction == libc::SIG_DFL
        }

        pub fn is_ignored(&self) -> bool {
            self.0.sa_sigaction == libc::SIG_IGN
        }

        pub fn has_handler_of(&self, other: &Self) -> bool {
            self.0.sa_sigaction == other.0.sa_sigaction
        }

        /// Calls the handler. The action must have one.
        fn call(&self, signal: &Signal) {
            let handler = self.0.sa_sigaction as *const ();
            if self.0.sa_flags & libc::SA_SIGINFO != 0 {
                // SAFETY: `transmute` requires two types of one size, as pointers to data and to functions are here, and a valid
                // function: it is one, for `pass_on` calls nothing for `SIG_DFL` and `SIG_IGN`, and the flag says that it takes
                // these three.
                let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
                    unsafe { std::mem::transmute(handler) };
                handler(signal.number, signal.info, signal.context);
            } else {
                // SAFETY: as above, but without the flag it takes the number only.
                let handler: extern "C" fn(c_int) = unsafe { std::mem::transmute(handler) };
                handler(signal.number);
            }
        }
    }

    /// Signals by number that a handler can be for.
    const SIGNALS: usize = 32;

    /// Actions that can be below one of ours.
    pub const DEPTH: usize = 8;

    /// What is below the handler of a signal.
    pub struct Chain {
        /// The one that was there last at the end.
        pub below: [Published<Action>; DEPTH],
        /// How many there are.
        pub depth: AtomicUsize,
        // The thread that runs an action below, by the address of its `errno`, and how many of them it has gone down.
        thread: AtomicUsize,
        level: AtomicUsize,
    }

    /// By signal.
    pub static CHAINS: [Chain; SIGNALS] = [const {
        Chain {
            below: [const { Published::none() }; DEPTH],
            depth: AtomicUsize::new(0),
            thread: AtomicUsize::new(0),
            level: AtomicUsize::new(0),
        }
    }; SIGNALS];

    /// Where signals are noted: the last one that ends the process, and the last one that the program handles.
    pub static NOTES: Published<Memory> = Published::none();

    struct Signal {
        number: c_int,
        code: c_int,
        info: *mut libc::siginfo_t,
        context: *mut c_void,
    }

    extern "C" fn handle(number: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
        let errno = io::Error::last_os_error().raw_os_error().unwrap_or(0);
        // SAFETY: it has no obligations, and returns where this thread has its `errno`.
        let location = unsafe { libc::__errno_location() };
        // SAFETY: a reference requires an aligned, initialised value that lives and is not written meanwhile: the system gives
        // one to each handler with `SA_SIGINFO`, until it returns.
        let information = unsafe { &*info };
        let signal = Signal { number, code: information.si_code, info, context };
        // SAFETY: `si_addr` reads the member of a union, all of which is initialised. Of a signal that was sent it is not an address,
        // and is not used.
        let address = unsafe { information.si_addr() } as usize;
        // A code above 0 means that an access raised it.
        let ours = number == libc::SIGBUS && signal.code > 0;
        if !(ours && GUARDED.iter().any(|place| place.read(|guarded| guarded.replace(address)) == Some(true)))
        {
            pass_on(&signal, location as usize);
        }
        // SAFETY: `location` is aligned and valid for writes as long as this thread lives, and no other thread uses it.
        unsafe { *location = errno };
    }

    /// Does what the action below would have done.
    fn pass_on(signal: &Signal, thread: usize) {
        let chain = &CHAINS[signal.number as usize];
        let depth = chain.depth.load(Acquire);
        // An action that passes signals on to us has called: the one below it is next.
        let nested = chain.thread.load(Relaxed) == thread;
        let level = if nested { chain.level.load(Relaxed) } else { depth };
        let below = |level: usize| chain.below.get(level)?.read(|action| *action);
        let action = level.checked_sub(1).and_then(below);
        let default = action.is_none_or(|action| action.is_default());
        // Node's own handler for SIGINT and SIGTERM restores the terminal and lets the default action end the process.
        let ends = default || action.is_some_and(|action| action.0.sa_flags & libc::SA_RESETHAND != 0);
        let ignored = action.is_some_and(|action| action.is_ignored());
        if !nested && (!ignored || signal.code > 0) {
            NOTES.read(|notes| notes.set_word(usize::from(!(ends || ignored)), signal.number as u32));
        }
        if default || ignored && signal.code > 0 {
            return end_by(signal);
        }
        let Some(action) = action.filter(|_| !ignored) else { return };
        if ends {
            Action::DEFAULT.set(signal.number);
        }
        let (outer, outer_level) = (chain.thread.swap(thread, Relaxed), chain.level.swap(level - 1, Relaxed));
        action.call(signal);
        chain.level.store(outer_level, Relaxed);
        chain.thread.store(outer, Relaxed);
    }

    /// Has the default action end the process: once the handler returns, the access that faulted faults again, and a signal
    /// that was sent is there again.
    fn end_by(signal: &Signal) {
        Action::DEFAULT.set(signal.number);
        if signal.code <= 0 || signal.number == libc::SIGABRT {
            // SAFETY: `raise` has no obligations. The signal is blocked until the handler returns.
            unsafe { libc::raise(signal.number) };
        }
    }

    // SAFETY: this is how glibc declares it. It is safe to call with any function, because the code stays where it is: Node does
    // not unload an addon of its main thread, nor the system a library with thread-local values, as this one; and with any
    // argument, because it is only handed on.
    #[cfg(target_env = "gnu")]
    unsafe extern "C" {
        pub safe fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }
}
