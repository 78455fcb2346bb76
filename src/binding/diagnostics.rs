//! The diagnostics server for JavaScript.

use std::net::SocketAddr;

use napi::Env;
use napi::bindgen_prelude::{Function, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode::NonBlocking;
use napi_derive::napi;

use super::error::Result;
use super::threads::thread_id;
use super::watchdog::callback;
use crate::diagnostics::{Settings, Started};
use crate::error::Error;
use crate::process::Process;

/// The configuration of a diagnostics server.
#[napi(object, object_to_js = false)]
pub struct ServerSettings {
    /// The address to listen on, in numbers.
    pub address: String,
    /// The port; 0 for any free one.
    pub port: u16,
    /// What clients must send, if anything.
    pub token: Option<String>,
    /// Milliseconds for which a thread may be blocked before `/livez` fails.
    pub max_blocked_ms: u32,
    /// Fail, rather than take another port or the running server.
    pub strict: bool,
}

/// The running server.
#[napi(object, object_from_js = false)]
pub struct DiagnosticsStarted {
    /// Its address, in numbers.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// Why the port is not the requested one, if it is another.
    pub moved: Option<String>,
    /// It was running before.
    pub joined: bool,
    /// Its settings are the requested ones, except perhaps the port.
    pub alike: bool,
}

/// Starts the diagnostics server of the process, unless it has one. `request_leaks` is called when a request wants the leaks,
/// which `diagnosticsLeaks` takes. Throws `ERR_ONESCOPE_LISTEN` if it cannot listen; if strict also for a port that is
/// in use, and `ERR_ONESCOPE_SERVING` if a server is running.
#[napi(catch_unwind)]
pub fn diagnostics_start(
    env: &Env,
    options: ServerSettings,
    request_leaks: Function<'_, (), Unknown<'static>>,
) -> Result<DiagnosticsStarted> {
    let request_leaks = callback(&request_leaks)?;
    let ServerSettings { address, port, token, max_blocked_ms, strict } = options;
    let refused = |error: std::net::AddrParseError| Error::Listen {
        address: address.clone(),
        reason: error.to_string(),
    };
    let settings = Settings {
        address: SocketAddr::new(address.parse().map_err(refused)?, port),
        token,
        max_blocked_ms: max_blocked_ms.into(),
        strict,
        owner: thread_id(env)?,
        request_leaks: Box::new(move || {
            request_leaks.call((), NonBlocking);
        }),
    };
    let Started { address, moved, joined, alike } = Process::global().serve(settings)?;
    Ok(DiagnosticsStarted { address: address.ip().to_string(), port: address.port(), moved, joined, alike })
}

/// Ends the diagnostics server of the process; false if none was running.
#[napi(catch_unwind)]
pub fn diagnostics_stop() -> Result<bool> {
    let process = Process::global();
    Ok(process.diagnostics.stop(&process.store))
}

/// Takes the leaks that `request_leaks` requested: the JSON of an object, or `null` if JavaScript failed to make one.
#[napi(catch_unwind)]
pub fn diagnostics_leaks(json: Option<String>) -> Result<()> {
    Process::global().diagnostics.take_leaks(json);
    Ok(())
}
