//! The code that the process exits with, as its parent sees it.

use std::ffi::{c_int, c_void};
use std::panic::catch_unwind;
use std::sync::OnceLock;

static EXITED: OnceLock<fn(i32)> = OnceLock::new();

// SAFETY: this is how glibc declares it.
#[allow(unsafe_code)]
unsafe extern "C" {
    fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
}

/// Has a function called with the code once the process calls `exit`. Only the first one counts.
#[allow(unsafe_code)]
pub fn on_process_exit(exited: fn(i32)) {
    if EXITED.set(exited).is_ok() {
        // SAFETY: the function stays where it is: a library with thread-local values, as this one, is not unloaded, and Node
        // unloads no addon of its main thread. It takes the argument and does not use it.
        let _ = unsafe { on_exit(call, std::ptr::null_mut()) };
    }
}

extern "C" fn call(code: c_int, _: *mut c_void) {
    // A panic must not leave this; the panic hook has reported it.
    let _ = catch_unwind(|| EXITED.get().map(|exited| exited(code & 0xff)));
}
