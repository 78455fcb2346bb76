//! Pages, and single records by id.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;

use super::convert::{JsScalar, integer, js_scalar, printed, scalar};
use super::error::Result;
use super::external::share;
use super::threads::thread_id;
use crate::error::Error;
use crate::process::Process;
use crate::store::pages::Page;
use crate::store::queries;
use crate::store::registry::Scalar;

/// A page of 256 records (32 KiB), header filled in, for the calling thread, which is attached if it is not yet. When the
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
pub struct RecordState {
    /// free, created, active, responded or closed
    pub state: &'static str,
    /// other, appPage, appRoute, action, pagesPage, pagesApi or regeneration
    pub kind: &'static str,
}

/// State and kind of a context, by id.
#[napi(catch_unwind)]
pub fn read_state(id: Unknown<'_>) -> Result<RecordState> {
    let (state, kind) = queries::read_state(&Process::global().store, integer(id)?)?;
    Ok(RecordState { state: state.name(), kind: kind.name() })
}

/// The value of a native slot, by the ids of its context and of the slot; `null` if JavaScript holds it.
#[napi(catch_unwind)]
pub fn read_slot(id: Unknown<'_>, slot: Unknown<'_>) -> Result<JsScalar> {
    let value = queries::read_slot(&Process::global().store, integer(id)?, integer(slot)?)?;
    Ok(js_scalar(&value.unwrap_or(Scalar::Null)))
}

/// Sets a native slot, by the ids of its context and of the slot.
#[napi(catch_unwind)]
pub fn write_slot(id: Unknown<'_>, slot: Unknown<'_>, value: Unknown<'_>) -> Result<()> {
    let (id, slot) = (integer(id)?, integer(slot)?);
    // An object is as far outside the domain of every native slot as `undefined`.
    let value = scalar(value)?.unwrap_or(Scalar::Undefined);
    Ok(queries::write_slot(&Process::global().store, id, slot, &value)?)
}

/// The label of a context, by id.
#[napi(catch_unwind)]
pub fn read_label(id: Unknown<'_>) -> Result<String> {
    Ok(queries::read_label(&Process::global().store, integer(id)?)?)
}

/// Sets the label of a context, by id; it is made safe, and cut before the first character that does not fit.
#[napi(catch_unwind)]
pub fn write_label(id: Unknown<'_>, text: Unknown<'_>) -> Result<()> {
    let id = integer(id)?;
    match scalar(text)? {
        Some(Scalar::Text(text)) => Ok(queries::write_label(&Process::global().store, id, &text)?),
        _ => Err(Error::Label { given: printed(text)? }.into()),
    }
}
