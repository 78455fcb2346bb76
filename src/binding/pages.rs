//! Pages, and single cells by handle.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;

use super::convert::{JsSlotValue, integer, printed, scalar, slot_value};
use super::error::Result;
use super::external::share;
use super::threads::thread_id;
use crate::error::Error;
use crate::process::Process;
use crate::store::pages::Page;
use crate::store::queries;
use crate::store::registry::Scalar;

/// A page of 256 cells (32 KiB), header filled in, for the calling thread, which is attached if it is not yet. When the
/// ArrayBuffer is collected, the page is freed and its contexts move to the totals.
#[napi(catch_unwind)]
pub fn allocate_page(env: &Env) -> Result<Object<'_>> {
    let thread = thread_id(env)?;
    let process = Process::global();
    let page = process.recorder.allocate_page(&process.store, thread)?;
    let release = |page: &Page| process.store.release_page(page);
    share(env, Arc::clone(&page), release).inspect_err(|_| release(&page))
}

/// State and kind of a request.
#[napi(object, object_from_js = false)]
pub struct CellState {
    /// free, created, active, responded or closed
    pub state: &'static str,
    /// other, appPage, appRoute, action, pagesPage, pagesApi or regeneration
    pub kind: &'static str,
}

/// State and kind of a context, by handle.
#[napi(catch_unwind)]
pub fn read_state(seq: Unknown<'_>) -> Result<CellState> {
    let (state, kind) = queries::read_state(&Process::global().store, integer(seq)?)?;
    Ok(CellState { state: state.name(), kind: kind.name() })
}

/// The value of a native slot, by handle and slot id; `null` if JavaScript holds it.
#[napi(catch_unwind)]
pub fn read_slot(seq: Unknown<'_>, id: Unknown<'_>) -> Result<JsSlotValue> {
    Ok(slot_value(queries::read_slot(&Process::global().store, integer(seq)?, integer(id)?)?))
}

/// Sets a native slot, by handle and slot id.
#[napi(catch_unwind)]
pub fn write_slot(seq: Unknown<'_>, id: Unknown<'_>, value: Unknown<'_>) -> Result<()> {
    let (seq, id) = (integer(seq)?, integer(id)?);
    // An object is as far outside the domain of every native slot as `undefined`.
    let value = scalar(value)?.unwrap_or(Scalar::Undefined);
    Ok(queries::write_slot(&Process::global().store, seq, id, &value)?)
}

/// The label of a context, by handle.
#[napi(catch_unwind)]
pub fn read_label(seq: Unknown<'_>) -> Result<String> {
    Ok(queries::read_label(&Process::global().store, integer(seq)?)?)
}

/// Sets the label of a context, by handle; it is made safe, and cut before the first character that does not fit.
#[napi(catch_unwind)]
pub fn write_label(seq: Unknown<'_>, text: Unknown<'_>) -> Result<()> {
    let seq = integer(seq)?;
    match scalar(text)? {
        Some(Scalar::Text(text)) => Ok(queries::write_label(&Process::global().store, seq, &text)?),
        _ => Err(Error::Label { given: printed(text)? }.into()),
    }
}
