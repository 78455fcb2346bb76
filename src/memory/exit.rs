//! The code that the process exits with, as its parent sees it.

use std::ffi::{c_int, c_void};
use std::panic::catch_unwind;
use std::ptr::null_mut;
use std::sync::OnceLock;

use super::system::on_exit;

static EXITED: OnceLock<fn(i32)> = OnceLock::new();

/// Has a function called with the code once the process calls `exit`. Only the first one counts.
pub fn on_process_exit(exited: fn(i32)) {
    if EXITED.set(exited).is_ok() {
        on_exit(call, null_mut());
    }
}

extern "C" fn call(code: c_int, _: *mut c_void) {
    // A panic must not leave this; the panic hook has reported it.
    let _ = catch_unwind(|| EXITED.get().map(|exited| exited(code & 0xff)));
}
