//! Attaching the calling environment (the main thread or a worker).

use std::cell::RefCell;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, ObjectRef};
use napi_derive::napi;

use super::error::{Result, host};
use super::external::share;
use crate::process::Process;
use crate::store::threads::Thread;

struct Attached {
    // Address of the environment: one thread can host several, if the addon is loaded more than once in it.
    env: usize,
    id: u32,
    block: ObjectRef<false>,
}

thread_local! {
    static ATTACHED: RefCell<Vec<Attached>> = const { RefCell::new(Vec::new()) };
}

/// An attached thread.
#[napi(object, object_from_js = false)]
pub struct AttachedThread<'env> {
    /// From 0 upward, in order of attachment; never reused.
    pub id: u32,
    /// 64 bytes; word 0 is the coarse clock in ms, kept current until the environment ends.
    pub block: Object<'env>,
}

/// Attaches the calling environment. Later calls in it return the same id and the same block; it is detached when it ends.
#[napi(catch_unwind)]
pub fn attach_thread(env: &Env) -> Result<AttachedThread<'_>> {
    let (id, block) = with_attached(env, |entry| (entry.id, entry.block.get_value(env)))?;
    Ok(AttachedThread { id, block: block.map_err(host)? })
}

/// Id of the calling environment's thread, which is attached if it is not yet.
pub fn thread_id(env: &Env) -> Result<u32> {
    with_attached(env, |entry| entry.id)
}

/// True for the first thread of the process that gives a warning of this name.
#[napi(catch_unwind)]
pub fn first_notice(name: String) -> Result<bool> {
    Ok(Process::global().store.is_first_notice(name))
}

/// Moves the calling thread's block into the recording, or out of one that has ended. The new block,
/// which has the words of the old one; `null` if it is where it belongs. The old one must not be written from then on.
#[napi(catch_unwind)]
pub fn move_thread(env: &Env) -> Result<Option<Object<'_>>> {
    let (process, id) = (Process::global(), thread_id(env)?);
    let Some((recording, block)) = process.recorder.block_to_move_to(&process.store, id)? else {
        return Ok(None);
    };
    // Shared first: if that fails, JavaScript and the store both go on with the old block.
    let buffer = share(env, Arc::clone(&block), |_| {})?;
    let reference = buffer.create_ref().map_err(host)?;
    process.recorder.move_thread_to(&process.store, id, recording, &block);
    let key = env.raw() as usize;
    let old = ATTACHED.with_borrow_mut(|list| {
        let entry = list.iter_mut().find(|entry| entry.env == key)?;
        Some(std::mem::replace(&mut entry.block, reference))
    });
    // What becomes of the old one does not matter to the thread, which has moved.
    let _ = old.map(|old| old.unref(env));
    Ok(Some(buffer))
}

fn with_attached<T>(env: &Env, read: impl Fn(&Attached) -> T) -> Result<T> {
    let key = env.raw() as usize;
    let known = ATTACHED.with_borrow(|list| list.iter().find(|entry| entry.env == key).map(&read));
    if let Some(found) = known {
        return Ok(found);
    }
    let entry = attach(env, key)?;
    let found = read(&entry);
    ATTACHED.with_borrow_mut(|list| list.push(entry));
    Ok(found)
}

fn attach(env: &Env, key: usize) -> Result<Attached> {
    let process = Process::global();
    let thread = process.recorder.attach_thread(&process.store)?;
    let id = thread.id;
    map_block(env, key, thread).inspect_err(|_| {
        process.store.threads.detach(id);
    })
}

fn map_block(env: &Env, key: usize, thread: Thread) -> Result<Attached> {
    let id = thread.id;
    let buffer = share(env, thread.block, |_| {})?;
    let block = buffer.create_ref().map_err(host)?;
    let env = *env;
    env.add_env_cleanup_hook(id, move |id| detach_env(&env, key, id)).map_err(host)?;
    Ok(Attached { env: key, id, block })
}

fn detach_env(env: &Env, key: usize, id: u32) {
    Process::global().detach_thread(id);
    // Called from C while the environment ends: nothing may panic here, and a failure cannot be reported.
    let _ = ATTACHED.try_with(|list| {
        let mut list = list.try_borrow_mut().ok()?;
        let index = list.iter().position(|entry| entry.env == key)?;
        list.swap_remove(index).block.unref(env).ok()
    });
}
