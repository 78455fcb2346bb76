//! Memory of the store as an external ArrayBuffer: the only unsafe code of the binding.
#![allow(unsafe_code, reason = "src/lib.rs says which two files may")]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use napi::bindgen_prelude::Object;
use napi::{Env, Status, sys};

use super::error::{Result, host};
use crate::error::Error;
use crate::memory::{Hold, Memory};

/// Maps the memory of `owner` into JavaScript, as an ArrayBuffer. `collected` runs once, after V8 has collected the
/// ArrayBuffer or when its environment ends; only then is this share of `owner` dropped.
///
/// napi's own `ArrayBuffer` is not used: it holds a `&[u8]` of the memory, which must not exist while something writes it.
///
/// # Errors
/// `PageMemory` in a host that forbids external ArrayBuffers (Electron, V8's sandbox), and those of Node-API. `collected`
/// does not run then, and this share of `owner` is dropped.
pub fn share<'env, Owner>(
    env: &'env Env,
    owner: Arc<Owner>,
    collected: impl FnOnce(&Owner) + Send + 'static,
) -> Result<Object<'env>>
where
    Owner: AsRef<Memory> + Send + Sync + 'static,
{
    let memory: &Memory = (*owner).as_ref();
    let (address, bytes) = (memory.address(), memory.len());
    let hold = Hold::new(owner, collected);
    let share: *const Hold = Arc::into_raw(Arc::clone(&hold));
    let mut buffer = null_mut();
    // SAFETY: `napi_create_external_arraybuffer` requires
    // - an environment that is calling, on its thread: `env` is a reference to one, which only such a call has;
    // - memory that is valid for `bytes` until it calls the finalizer: `address` is, until `owner` is dropped. `hold` drops it in
    //   the finalizer, or below, when JavaScript did not get it. It does not move: `Memory` never grows;
    // - memory that JavaScript may write while Rust has references to it: `Memory` consists of atomics, and its module says what
    //   is assumed of such writes;
    // - a finalizer of that signature that may be called on any thread and with any hint given here: `finalize`, with a share
    //   of `hold` of its own, which it gives back;
    // - a place for the result: `buffer`.
    let status = unsafe {
        sys::napi_create_external_arraybuffer(
            env.raw(),
            address.cast(),
            bytes,
            Some(finalize),
            share.cast_mut().cast(),
            &raw mut buffer,
        )
    };
    match status {
        sys::Status::napi_ok => Ok(Object::from_raw(env.raw(), buffer)),
        failed => {
            // `share` stays as it is: the host may still call the finalizer.
            hold.refused();
            if failed == sys::Status::napi_no_external_buffers_allowed {
                let reason = "this host does not allow external ArrayBuffers".to_owned();
                return Err(Error::PageMemory { bytes, reason }.into());
            }
            Err(host(napi::Error::new(Status::from(failed), "no external ArrayBuffer")))
        }
    }
}

/// What Node-API calls when JavaScript is done with the memory. It calls nothing of Node-API, and no panic leaves it.
unsafe extern "C" fn finalize(_: sys::napi_env, _: *mut c_void, hold: *mut c_void) {
    // SAFETY: `from_raw` requires a pointer that `Arc::into_raw` gave for this type, as `share` did; and that its share is
    // dropped once: a finalizer is called once. On any thread, because `Hold` is `Send` and `Sync`.
    let hold = unsafe { Arc::from_raw(hold.cast_const().cast::<Hold>()) };
    hold.collected();
}
