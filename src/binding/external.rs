//! Memory of the store as an external ArrayBuffer: the only unsafe code of the binding.
#![allow(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::ArrayBuffer;

use super::error::{Result, host};
use crate::error::Error;
use crate::memory::Memory;

/// Maps the memory of `owner` into JavaScript. `collected` runs once, on the JavaScript thread, after V8 has collected the
/// ArrayBuffer or when its environment ends; only then is this share of `owner` dropped.
///
/// # Errors
/// `PageMemory` in a host that forbids external ArrayBuffers (Electron, V8's sandbox); `collected` has run then.
pub fn share<'env, Owner>(
    env: &'env Env,
    owner: Arc<Owner>,
    collected: impl FnOnce(&Owner) + 'static,
) -> Result<ArrayBuffer<'env>>
where
    Owner: AsRef<Memory> + 'static,
{
    let memory: &Memory = (*owner).as_ref();
    let (address, bytes) = (memory.address(), memory.len());
    let finalize = move |_: Env, owner: Arc<Owner>| {
        // The finalizer is called from C, into which a panic must not unwind; the panic hook has reported it.
        let _ = catch_unwind(AssertUnwindSafe(|| collected(&owner)));
    };
    // SAFETY: `address` is valid for `bytes` as long as `owner` lives, which the finalizer holds until V8 is done with the
    // buffer. The memory never moves (`Memory` does not grow) and consists of atomics, so that writes through JavaScript
    // are allowed while Rust holds shared references.
    let buffer = unsafe { ArrayBuffer::from_external(env, address, bytes, owner, finalize) }.map_err(host)?;
    if std::ptr::eq(buffer.as_ptr(), address) {
        Ok(buffer)
    } else {
        // napi fell back to a copy, in which nobody would see what JavaScript writes.
        let reason = "this host forbids external ArrayBuffers".to_owned();
        Err(Error::PageMemory { bytes, reason }.into())
    }
}
