//! Registering and listing slots.

use napi::bindgen_prelude::{JsObjectValue, JsValue, Object, Unknown};
use napi_derive::napi;

use super::convert::{JsScalar, integer, js_scalar, object, printed, property, scalar};
use super::error::{Result, host};
use crate::error::Error;
use crate::limits::ENUM_VARIANTS;
use crate::process::Process;
use crate::store::registry::{self, InChild, Lifetime, Scalar, SlotKind, SlotSpec};

/// Fingerprint of the layout; a generated file with another one belongs to another build.
#[napi(catch_unwind)]
pub fn layout_hash() -> Result<String> {
    Ok(crate::store::layout_hash())
}

/// Registers a slot for the whole process and returns its id: `{key, kind, lifetime, default?, variants?, inChild?}`. The same spec
/// again returns the same id.
#[napi(catch_unwind)]
pub fn register_slot(spec: Unknown<'_>) -> Result<u32> {
    let Some(spec) = object(spec)? else {
        return Err(bad("", "expected an object with key, kind and lifetime"));
    };
    let spec = parse(&spec)?;
    Ok(Process::global().store.registry.write().register(spec)?.0)
}

fn bad(key: &str, reason: &str) -> napi::Error<super::error::Code> {
    Error::SlotSpec { key: key.to_owned(), reason: reason.to_owned() }.into()
}

/// `undefined` is not the same as absent.
fn default_property(key: &str, spec: &Object<'_>) -> Result<Option<Scalar>> {
    let Some(value) = property(spec, "default")? else { return Ok(None) };
    match scalar(value)? {
        Some(value) => Ok(Some(value)),
        None => {
            let given = printed(value)?;
            Err(bad(key, &format!("\"default\" must be null, a boolean, a number or a string, not {given}")))
        }
    }
}

fn text_property(key: &str, spec: &Object<'_>, name: &str) -> Result<Option<String>> {
    let Some(value) = property(spec, name)? else { return Ok(None) };
    match scalar(value)? {
        Some(Scalar::Undefined) => Ok(None),
        Some(Scalar::Text(text)) => Ok(Some(text.into_owned())),
        _ => Err(bad(key, &format!("{name:?} must be a string, not {}", printed(value)?))),
    }
}

fn variants_property(key: &str, spec: &Object<'_>) -> Result<Option<Vec<Scalar>>> {
    let Some(value) = property(spec, "variants")? else {
        return Ok(None);
    };
    if scalar(value)? == Some(Scalar::Undefined) {
        return Ok(None);
    }
    let Some(array) = object(value)?.filter(|array| array.is_array().unwrap_or(false)) else {
        return Err(bad(key, &format!("\"variants\" must be an array, not {}", printed(value)?)));
    };
    // One more than is allowed is enough to be refused, however long the array says it is.
    let length = array.get_array_length().map_err(host)?.min(ENUM_VARIANTS as u32 + 1);
    let mut variants = Vec::new();
    for index in 0..length {
        let variant: Unknown<'_> = array.get_element(index).map_err(host)?;
        let Some(scalar) = scalar(variant)? else {
            return Err(bad(
                key,
                &format!("variant {} is neither a string nor an integer", printed(variant)?),
            ));
        };
        variants.push(scalar);
    }
    Ok(Some(variants))
}

fn parse(spec: &Object<'_>) -> Result<SlotSpec> {
    let Some(key) = text_property("", spec, "key")? else {
        return Err(bad("", "\"key\" is missing"));
    };
    let required = |name| match text_property(&key, spec, name)? {
        Some(text) => Ok(text),
        None => Err(bad(&key, &format!("{name:?} is missing"))),
    };
    let variants = variants_property(&key, spec)?;
    let kind = SlotKind::parse(&key, &required("kind")?, variants)?;
    let lifetime = Lifetime::parse(&key, &required("lifetime")?)?;
    let in_child = match text_property(&key, spec, "inChild")? {
        Some(name) => InChild::parse(&key, &name)?,
        None => InChild::Inherit,
    };
    // Only a value slot can have `undefined` as a default; for the others it means that none is given.
    let default = default_property(&key, spec)?
        .filter(|default| kind == SlotKind::Value || *default != Scalar::Undefined);
    Ok(SlotSpec::new(key, kind, lifetime, default, in_child)?)
}

/// A registered slot.
#[napi(object, object_from_js = false)]
pub struct Slot {
    /// From 1, in order of registration.
    pub id: u32,
    /// Its name.
    pub key: String,
    /// A name of `SlotKind::ALL`.
    pub kind: &'static str,
    /// scope or request
    pub lifetime: &'static str,
    /// Its first value.
    pub default: JsScalar,
    /// The variants of an enum.
    pub variants: Option<Vec<JsScalar>>,
    /// inherit or reset
    pub in_child: &'static str,
    /// Index among the byte fields, or for a counter among the counter fields.
    pub field: Option<u32>,
    /// True if the value is in a field.
    pub native: bool,
    /// The vinext module that owns a built-in slot.
    pub owner: Option<&'static str>,
}

/// Every slot of the process, in order of id.
#[napi(catch_unwind)]
pub fn slots() -> Result<Vec<Slot>> {
    Ok(Process::global().store.registry.read().list().iter().map(convert).collect())
}

/// One slot, by id.
#[napi(catch_unwind)]
pub fn slot_info(id: Unknown<'_>) -> Result<Slot> {
    Ok(convert(Process::global().store.registry.read().get(integer(id)?)?))
}

fn convert(slot: &registry::Slot) -> Slot {
    let spec = &slot.spec;
    let variants = match &spec.kind {
        SlotKind::Enum { variants } => Some(variants.iter().map(js_scalar).collect()),
        _ => None,
    };
    Slot {
        id: slot.id.0,
        key: spec.key.to_string(),
        kind: spec.kind.name(),
        lifetime: spec.lifetime.name(),
        default: js_scalar(&spec.default),
        variants,
        in_child: spec.in_child.name(),
        field: slot.field.map(|field| field.index() as u32),
        native: spec.is_native(),
        owner: slot.owner,
    }
}
