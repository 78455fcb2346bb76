//! Puts the handler of signals over the program's actions, and keeps it there.
//!
//! It does to every signal what the action below would have done. Where another handler is put over it, it steps over that one
//! in turn ([`keep`]), unless the other passes signals on to it.

use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Release};

use super::Memory;
use super::system::{Action, CHAINS, Chain, DEPTH, NOTES};
use crate::sync::Mutex;

static CHANGES: Mutex<()> = Mutex::new(());

/// How many want notes.
static WANTED: Mutex<usize> = Mutex::new(0);

/// How many mappings there are.
static MAPPED: Mutex<usize> = Mutex::new(0);

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
pub struct Notes(Arc<Memory>);

impl Notes {
    /// Notes signals in the first two words of this memory. Whatever the system refuses is not noted.
    pub fn new(memory: Memory) -> Self {
        let memory = Arc::new(memory);
        NOTES.replace(Arc::clone(&memory));
        let mut wanted = WANTED.lock();
        *wanted += 1;
        for signal in NOTED {
            let ignored = Action::of(signal).is_none_or(|found| found.is_ignored());
            let _ = !ignored && install(signal);
        }
        Self(memory)
    }

    /// Puts the handlers back over those that have taken their place. Called again and again.
    pub fn keep(&self) {
        NOTED.into_iter().chain([libc::SIGBUS]).for_each(keep);
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        NOTES.remove(&self.0);
        let mut wanted = WANTED.lock();
        *wanted -= 1;
        if *wanted == 0 {
            NOTED.into_iter().for_each(remove);
        }
    }
}

/// Has the loss of a mapped file's bytes handled, as long as it lives.
pub struct LossHandler(());

impl LossHandler {
    /// None if the system refuses.
    pub fn install() -> Option<Self> {
        let mut mapped = MAPPED.lock();
        if *mapped == 0 && !install(libc::SIGBUS) {
            return None;
        }
        *mapped += 1;
        Some(Self(()))
    }
}

impl Drop for LossHandler {
    fn drop(&mut self) {
        let mut mapped = MAPPED.lock();
        *mapped -= 1;
        if *mapped == 0 {
            remove(libc::SIGBUS);
        }
    }
}

/// Puts the handler over the action of a signal. False if the system refuses.
fn install(signal: c_int) -> bool {
    let _changes = CHANGES.lock();
    let Some(found) = Action::of(signal) else { return false };
    found.is_ours() || put_over(signal, found, 0)
}

fn put_over(signal: c_int, found: Action, depth: usize) -> bool {
    let chain = &CHAINS[signal as usize];
    if depth == DEPTH {
        return false;
    }
    chain.below[depth].replace(Arc::new(found));
    chain.depth.store(depth + 1, Release);
    found.with_our_handler().set(signal)
}

/// Puts the handler back over the action that has taken its place: the default one, or the program's own.
fn keep(signal: c_int) {
    let _changes = CHANGES.lock();
    let Some(found) = Action::of(signal) else { return };
    if found.is_ours() || found.is_ignored() {
        return;
    }
    let chain = &CHAINS[signal as usize];
    let depth = chain.depth.load(Acquire);
    if depth == 0 || signal == libc::SIGBUS && !found.is_default() {
        return;
    }
    // The default action passes nothing on, and one that is known already is not there twice.
    let same = last(chain).is_some_and(|last| last.has_handler_of(&found));
    put_over(signal, found, if found.is_default() { 0 } else { depth - usize::from(same) });
}

/// Takes the handler away, if it is still the one that is set.
fn remove(signal: c_int) {
    let _changes = CHANGES.lock();
    let Some(found) = Action::of(signal) else { return };
    let chain = &CHAINS[signal as usize];
    if let Some(last) = last(chain).filter(|_| found.is_ours()) {
        last.set(signal);
        chain.depth.store(0, Release);
    }
}

/// The action right below the handler.
fn last(chain: &Chain) -> Option<Action> {
    chain.below[chain.depth.load(Acquire).checked_sub(1)?].read(|action| *action)
}
