//! The watchdog for JavaScript. Its thread calls back through functions that keep no event loop alive.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Either, FnArgs, Function, JsValuesTupleIntoVec, Null, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode::NonBlocking};
use napi_derive::napi;

use super::convert::json;
use super::error::{Result, host};
use super::threads::thread_id;
use crate::error::Error;
use crate::process::Process;
use crate::watchdog::{Config, Response, Settings};

/// A JavaScript function that any thread can call. It is weak (its queue keeps no event loop alive) and takes its arguments
/// as they are, without an error in front.
pub(super) type Callback<Args> = ThreadsafeFunction<Args, Unknown<'static>, Args, napi::Status, false, true>;

pub(super) fn callback<Args: JsValuesTupleIntoVec + 'static>(
    function: &Function<'_, Args, Unknown<'static>>,
) -> Result<Callback<Args>> {
    let builder = function.build_threadsafe_function::<Args>().weak::<true>().callee_handled::<false>();
    builder.build().map_err(host)
}

/// What a watch is set to.
#[napi(object, object_to_js = false)]
pub struct WatchSettings {
    /// Milliseconds without a heartbeat from which a thread is blocked.
    pub threshold_ms: u32,
    /// Stalls reported in a minute.
    pub max_per_minute: u32,
    /// Whether blocked threads are probed for their request and stack.
    pub stacks: bool,
    /// Names of the blocking calls that threads mark; the first has the code 1.
    pub calls: Vec<String>,
}

/// Starts the watch of the process; `on_report` gets each line. Throws `ERR_ONESCOPE_WATCHED` if one is on.
#[napi(catch_unwind)]
pub fn watch_start(
    env: &Env,
    options: WatchSettings,
    on_report: Option<Function<'_, FnArgs<(String,)>, Unknown<'static>>>,
) -> Result<()> {
    let process = Process::global();
    // Before a function for other threads is made, which frees its memory only in a later turn of the event loop.
    if process.watchdog.is_on() {
        return Err(Error::Watched.into());
    }
    let on_report = on_report.as_ref().map(callback).transpose()?;
    let config =
        Config { threshold_ms: options.threshold_ms.into(), max_per_minute: options.max_per_minute as usize };
    let settings = Settings {
        config,
        stacks: options.stacks,
        calls: options.calls,
        owner: thread_id(env)?,
        on_report: on_report.map(|on_report| {
            Box::new(move |line| {
                on_report.call(FnArgs::from((line,)), NonBlocking);
            }) as _
        }),
    };
    Ok(process.watch(settings)?)
}

/// Ends the watch of the process; false if none was on.
#[napi(catch_unwind)]
pub fn watch_stop() -> Result<bool> {
    Ok(Process::global().stop_watch())
}

/// Pauses the watch, or resumes it.
#[napi(catch_unwind)]
pub fn watch_pause(paused: bool) -> Result<()> {
    Process::global().watchdog.pause(paused);
    Ok(())
}

/// True while a watch is on, paused or not.
#[napi(catch_unwind)]
pub fn watching() -> Result<bool> {
    Ok(Process::global().watchdog.is_on())
}

/// True while threads have to write heartbeats: a watch or a diagnostics server is on.
#[napi(catch_unwind)]
pub fn heartbeats() -> Result<bool> {
    Ok(Process::global().needs_heartbeats())
}

/// Has `changed` called whenever a watch, a recording or a diagnostics server starts or stops, until the calling environment
/// ends.
#[napi(catch_unwind)]
pub fn follow(env: &Env, changed: Function<'_, (), Unknown<'static>>) -> Result<()> {
    let changed = callback(&changed)?;
    let call = move || {
        changed.call((), NonBlocking);
    };
    Process::global().store.listeners.add(thread_id(env)?, Arc::new(call));
    Ok(())
}

/// Has `probe(thread, probeId)` called for each probe of a blocked thread, until the watch stops.
#[napi(catch_unwind)]
pub fn watch_helper(probe: Function<'_, FnArgs<(u32, u32)>, Unknown<'static>>) -> Result<()> {
    let probe = callback(&probe)?;
    Process::global().watchdog.set_prober(Arc::new(move |thread, stall| {
        probe.call(FnArgs::from((thread, stall)), NonBlocking);
    }));
    Ok(())
}

/// The response of a blocked thread.
#[napi(object, object_to_js = false)]
pub struct ProbeResponse {
    /// Id of the thread.
    pub thread: u32,
    /// The probe that it responds to.
    pub probe_id: u32,
    /// Id of the context that is current in it; `null` for none.
    pub id: Either<f64, Null>,
    /// Functions, innermost first.
    pub stack: Vec<String>,
    /// The thread's heartbeat when it responded.
    pub heartbeat: f64,
}

/// Takes a response; false if it is too late: the thread has written a heartbeat since.
#[napi(catch_unwind)]
pub fn watch_respond(response: ProbeResponse) -> Result<bool> {
    let id = match response.id {
        Either::A(id) => id as u64,
        Either::B(Null) => 0,
    };
    // JavaScript sees the word with a sign.
    let heartbeat = response.heartbeat as i64 as u32;
    let response =
        Response { thread: response.thread, probe: response.probe_id, heartbeat, id, stack: response.stack };
    let process = Process::global();
    Ok(process.watchdog.respond(&process.store, response))
}

/// The reports of the latest stall of a thread whose cause is confirmed, in the order in which they were reported, as JSON.
#[napi(catch_unwind)]
pub fn confirmed_stalls(thread: u32) -> Result<String> {
    json(&Process::global().watchdog.confirmed_stalls(thread))
}
