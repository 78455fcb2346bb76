//! The recorder for JavaScript.

use std::path::{Path, PathBuf};

use napi_derive::napi;

use super::convert::json;
use super::error::Result;
use crate::process::Process;
use crate::recorder::{self, Ending, How, MAX_BYTES, MIN_BYTES, Settings};

/// What a recording is set to.
#[napi(object, object_to_js = false)]
pub struct RecordSettings {
    /// The directory for its file, as an absolute path.
    pub directory: String,
    /// Ended recordings that stay in the directory.
    pub keep: u32,
    /// Most bytes of the file.
    pub max_bytes: u32,
    /// Version of Node.
    pub node: String,
    /// Names of the blocking calls that threads mark; the first has the code 1.
    pub calls: Vec<String>,
}

/// The sizes that a recording can have, in bytes.
#[napi(object, object_from_js = false)]
pub struct RecordLimits {
    /// The smallest.
    pub least: u32,
    /// The largest.
    pub most: u32,
}

/// The sizes that a recording can have.
#[napi(catch_unwind)]
pub fn record_limits() -> Result<RecordLimits> {
    Ok(RecordLimits { least: MIN_BYTES as u32, most: MAX_BYTES as u32 })
}

/// Starts to record, and returns the path of the file. Throws `ERR_ONESCOPE_RECORDING` if it is on,
/// `ERR_ONESCOPE_RECORD_FILE` if the file cannot be made.
#[napi(catch_unwind)]
pub fn record_start(options: RecordSettings) -> Result<String> {
    let settings = Settings {
        directory: PathBuf::from(options.directory),
        keep: options.keep.max(1) as usize,
        max_bytes: (options.max_bytes as usize).clamp(MIN_BYTES, MAX_BYTES),
        node: options.node,
        calls: options.calls,
    };
    Ok(Process::global().record(&settings)?.display().to_string())
}

/// Ends the recording; false if none was on.
#[napi(catch_unwind)]
pub fn record_stop() -> Result<bool> {
    Ok(Process::global().stop_recording())
}

/// True while a recording is on.
#[napi(catch_unwind)]
pub fn recording() -> Result<bool> {
    Ok(Process::global().recorder.number() != 0)
}

/// Notes that the process exits with a code, after an uncaught error of that class and with that message if one is given.
#[napi(catch_unwind)]
pub fn record_exit(code: i32, error: Option<String>, message: Option<String>) -> Result<()> {
    let how = if error.is_some() { How::Error } else { How::Exit };
    let message = message.as_deref().and_then(recorder::first_line);
    let process = Process::global();
    if let Some(flight) = process.recorder.flight() {
        flight.end(&process.store, Ending { how, code: Some(code), error, message });
    }
    Ok(())
}

/// Notes that another program is about to take this one's place in the process (`true`), or that it did not.
#[napi(catch_unwind)]
pub fn record_execve(replaced: bool) -> Result<()> {
    let process = Process::global();
    if let Some(flight) = process.recorder.flight() {
        flight.replaced(&process.store, replaced);
    }
    Ok(())
}

/// How much room is taken, as JSON; `null` if nothing records.
#[napi(catch_unwind)]
pub fn record_usage() -> Result<String> {
    let process = Process::global();
    json(&process.recorder.usage(&process.store))
}

/// Names of the flight recordings in a directory, the newest first. Throws `ERR_ONESCOPE_FLIGHT_UNREADABLE`.
#[napi(catch_unwind)]
pub fn list_flights(directory: String) -> Result<Vec<String>> {
    Ok(recorder::list(Path::new(&directory))?)
}

/// The flight recording at a path, as JSON: see `Recorded`. Throws `ERR_ONESCOPE_FLIGHT_…`, by what is wrong with the file.
#[napi(catch_unwind)]
pub fn read_flight(path: String) -> Result<String> {
    json(&recorder::read(Path::new(&path))?)
}
