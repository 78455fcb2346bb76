//! Handlers of signals that pass on what is not theirs.
//!
//! Each is put over the action that was there, and does to every signal what that action would have done. Where another
//! handler is put over it, it steps over that one in turn ([`keep`]), unless the other passes signals on to it.

use std::ffi::{c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{
    AtomicI32, AtomicPtr, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};

use super::{Memory, guard};
use crate::sync::Mutex;

/// Signals by number that a handler can be for.
const SIGNALS: usize = 32;

/// Actions that can lie below one of ours.
const DEPTH: usize = 8;

/// Where a signal is noted, and what lies below its handler. All atomics, because the handler reads them.
struct Chain {
    // The one that was there last at the end. Never freed: a handler can be at it.
    below: [AtomicPtr<libc::sigaction>; DEPTH],
    depth: AtomicUsize,
    // The thread that runs an action below, and how many of them it has gone down.
    thread: AtomicI32,
    level: AtomicUsize,
}

static CHAINS: [Chain; SIGNALS] = [const {
    Chain {
        below: [const { AtomicPtr::new(null_mut()) }; DEPTH],
        depth: AtomicUsize::new(0),
        thread: AtomicI32::new(0),
        level: AtomicUsize::new(0),
    }
}; SIGNALS];

/// The words of the last [`Notes`]. Null if there are none.
static NOTES: AtomicPtr<Memory> = AtomicPtr::new(null_mut());

/// Handlers that are at them.
static NOTING: AtomicUsize = AtomicUsize::new(0);

static CHANGES: Mutex<()> = Mutex::new(());

/// How many want notes.
static WANTED: Mutex<usize> = Mutex::new(0);

/// Signals that end a process and are noted. Not SIGSEGV, which V8 handles for WebAssembly, and none that Node ignores.
const NOTED: [c_int; 8] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGABRT,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGFPE,
];

/// Has signals noted in two words, as long as it lives: the last one that ends the process, and the last one that the
/// program handles.
pub struct Notes(Box<Memory>);

impl Notes {
    /// Notes signals in the first two words of this memory. Whatever the system refuses is not noted.
    pub fn new(memory: Memory) -> Self {
        let notes = Self(Box::new(memory));
        NOTES.store(notes.pointer(), SeqCst);
        let mut wanted = WANTED.lock();
        *wanted += 1;
        for signal in NOTED {
            let ignored = current(signal).is_none_or(|found| found.sa_sigaction == libc::SIG_IGN);
            let _ = !ignored && install(signal);
        }
        notes
    }

    fn pointer(&self) -> *mut Memory {
        std::ptr::from_ref(&*self.0).cast_mut()
    }

    /// Puts the handlers back over those that have taken their place. Called again and again.
    pub fn keep(&self) {
        NOTED.into_iter().chain([libc::SIGBUS]).for_each(keep);
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        let _ = NOTES.compare_exchange(self.pointer(), null_mut(), SeqCst, SeqCst);
        let mut wanted = WANTED.lock();
        *wanted -= 1;
        if *wanted == 0 {
            NOTED.into_iter().for_each(remove);
        }
        drop(wanted);
        // The memory goes after this. To note takes two instructions.
        while NOTING.load(SeqCst) != 0 {
            std::thread::yield_now();
        }
    }
}

#[allow(unsafe_code)]
fn current(signal: c_int) -> Option<libc::sigaction> {
    // SAFETY: all zeros is a valid value of this plain structure.
    let mut found: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: a null action asks and changes nothing; `found` is valid for writes.
    let result = unsafe { libc::sigaction(signal, null(), &mut found) };
    (result == 0).then_some(found)
}

#[allow(unsafe_code)]
fn set(signal: c_int, action: &libc::sigaction) -> bool {
    // SAFETY: `action` is a valid action: either one that the system gave, or one that `ours` made.
    unsafe { libc::sigaction(signal, action, null_mut()) == 0 }
}

fn is_ours(action: &libc::sigaction) -> bool {
    action.sa_sigaction == handle as *const () as usize
}

/// The action with our handler; all else is as it is below, so that system calls restart as they would have.
fn ours(below: &libc::sigaction) -> libc::sigaction {
    let mut action = *below;
    action.sa_sigaction = handle as *const () as usize;
    action.sa_flags = below.sa_flags & !libc::SA_RESETHAND | libc::SA_SIGINFO | libc::SA_ONSTACK;
    action
}

/// Puts the handler over the action of a signal. False if the system refuses.
pub(super) fn install(signal: c_int) -> bool {
    let _changes = CHANGES.lock();
    let Some(found) = current(signal) else { return false };
    is_ours(&found) || put_over(signal, found, 0)
}

fn put_over(signal: c_int, found: libc::sigaction, depth: usize) -> bool {
    let chain = &CHAINS[signal as usize];
    if depth == DEPTH {
        return false;
    }
    // Leaked: there are as many as the program changes its handlers while one of ours is on, and each is small.
    chain.below[depth].store(Box::into_raw(Box::new(found)), Release);
    chain.depth.store(depth + 1, Release);
    set(signal, &ours(&found))
}

/// Puts the handler back over the action that has taken its place: the default one, or the program's own.
pub(super) fn keep(signal: c_int) {
    let _changes = CHANGES.lock();
    let Some(found) = current(signal) else { return };
    if is_ours(&found) || found.sa_sigaction == libc::SIG_IGN {
        return;
    }
    let chain = &CHAINS[signal as usize];
    let depth = chain.depth.load(Acquire);
    if depth == 0 || signal == libc::SIGBUS && found.sa_sigaction != libc::SIG_DFL {
        return;
    }
    // The default action passes nothing on, and one that is known already is not there twice.
    let same = below(chain, depth - 1).is_some_and(|last| last.sa_sigaction == found.sa_sigaction);
    let depth = if found.sa_sigaction == libc::SIG_DFL { 0 } else { depth - usize::from(same) };
    put_over(signal, found, depth);
}

/// Takes the handler away, if it is still the one that is set.
pub(super) fn remove(signal: c_int) {
    let _changes = CHANGES.lock();
    let Some(found) = current(signal) else { return };
    let chain = &CHAINS[signal as usize];
    let depth = chain.depth.load(Acquire);
    if is_ours(&found) && depth > 0 {
        if let Some(last) = below(chain, depth - 1) {
            set(signal, &last);
        }
        chain.depth.store(0, Release);
    }
}

#[allow(unsafe_code)]
fn below(chain: &Chain, level: usize) -> Option<libc::sigaction> {
    let pointer = chain.below.get(level)?.load(Acquire);
    // SAFETY: `put_over` has made it of a box that is never freed, and nothing writes to it.
    (!pointer.is_null()).then(|| unsafe { *pointer })
}

#[allow(unsafe_code)]
fn note(fatal: bool, signal: c_int) {
    NOTING.fetch_add(1, SeqCst);
    let memory = NOTES.load(SeqCst);
    // SAFETY: `Notes` waits, once it has taken the pointer away, until no handler is between the count above and that below.
    if let Some(memory) = unsafe { memory.as_ref() } {
        memory.set_word(usize::from(!fatal), signal as u32);
    }
    NOTING.fetch_sub(1, SeqCst);
}

#[allow(unsafe_code)]
extern "C" fn handle(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: asks for the location of this thread's errno.
    let location = unsafe { libc::__errno_location() };
    // SAFETY: it is valid as long as the thread lives.
    let errno = unsafe { *location };
    // SAFETY: the system gives every handler with SA_SIGINFO a valid information, and nothing else writes to it.
    let information = unsafe { &*info };
    let code = information.si_code;
    // SAFETY: all of it is initialised; for a signal that was sent this is no address, and it is not used.
    let address = unsafe { information.si_addr() } as usize;
    // A code above 0 means that an access raised it.
    let done = signal == libc::SIGBUS && code > 0 && guard::replace(address);
    if !done {
        pass_on(signal, code, info, context);
    }
    // SAFETY: as above.
    unsafe { *location = errno };
}

/// Does what the action below would have done.
fn pass_on(signal: c_int, code: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let chain = &CHAINS[signal as usize];
    let depth = chain.depth.load(Acquire);
    // SAFETY: asks for a number.
    #[allow(unsafe_code)]
    let thread = unsafe { libc::gettid() };
    // An action that passes signals on to us has called: the one below it is next.
    let nested = chain.thread.load(Relaxed) == thread;
    let level = if nested { chain.level.load(Relaxed) } else { depth };
    let action = level.checked_sub(1).and_then(|level| below(chain, level));
    let default = action.is_none_or(|action| action.sa_sigaction == libc::SIG_DFL);
    // Node's own handler for SIGINT and SIGTERM restores the terminal and lets the default action end the process.
    let ends = default || action.is_some_and(|action| action.sa_flags & libc::SA_RESETHAND != 0);
    let ignored = action.is_some_and(|action| action.sa_sigaction == libc::SIG_IGN);
    if !nested && (!ignored || code > 0) {
        note(ends || ignored, signal);
    }
    if default || ignored && code > 0 {
        return end_by(signal, code);
    }
    let Some(action) = action.filter(|_| !ignored) else { return };
    if ends {
        reset(signal);
    }
    let (outer, outer_level) = (chain.thread.swap(thread, Relaxed), chain.level.swap(level - 1, Relaxed));
    call(&action, signal, info, context);
    chain.level.store(outer_level, Relaxed);
    chain.thread.store(outer, Relaxed);
}

#[allow(unsafe_code)]
fn reset(signal: c_int) {
    // SAFETY: all zeros is a valid action: the default one, with an empty mask.
    let default: libc::sigaction = unsafe { std::mem::zeroed() };
    set(signal, &default);
}

/// Has the default action end the process: once the handler returns, the access that faulted faults again, and a signal that
/// was sent is there again.
#[allow(unsafe_code)]
fn end_by(signal: c_int, code: c_int) {
    reset(signal);
    if code <= 0 || signal == libc::SIGABRT {
        // SAFETY: sends this thread a signal that is blocked until the handler returns.
        unsafe { libc::raise(signal) };
    }
}

#[allow(unsafe_code)]
fn call(action: &libc::sigaction, signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    if action.sa_flags & libc::SA_SIGINFO != 0 {
        // SAFETY: the action says that its handler takes these three, and it is what the system would have called.
        let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
            unsafe { std::mem::transmute(action.sa_sigaction) };
        handler(signal, info, context);
    } else {
        // SAFETY: the action says that its handler takes the number, and it is what the system would have called.
        let handler: extern "C" fn(c_int) = unsafe { std::mem::transmute(action.sa_sigaction) };
        handler(signal);
    }
}
