//! Between JavaScript values and plain ones. Nothing is coerced: a value of the wrong type is refused.

use napi::ValueType;
use napi::bindgen_prelude::{Either5, JsObjectValue, JsValue, Null, Object, Undefined, Unknown};

use serde::Serialize;

use super::error::{Result, host};
use crate::error::Error;
use crate::limits::ID_MAX;
use crate::store::registry::Scalar;

/// Any scalar.
pub type JsScalar = Either5<Null, Undefined, bool, f64, String>;

/// The scalar that a JavaScript value is; none for an object, a function, a symbol or a bigint.
pub fn scalar(value: Unknown<'_>) -> Result<Option<Scalar>> {
    Ok(match value.get_type().map_err(host)? {
        ValueType::Null => Some(Scalar::Null),
        ValueType::Undefined => Some(Scalar::Undefined),
        ValueType::Boolean => Some(Scalar::Bool(value.coerce_to_bool().map_err(host)?)),
        ValueType::Number => {
            let number = value.coerce_to_number().and_then(|number| number.get_double());
            Some(Scalar::Number(number.map_err(host)?))
        }
        ValueType::String => {
            let text = value.coerce_to_string().and_then(|text| text.into_utf8()?.into_owned());
            Some(Scalar::Text(text.map_err(host)?.into()))
        }
        _ => None,
    })
}

/// A JavaScript value as an exact non-negative integer: an id or a limit.
pub fn integer(value: Unknown<'_>) -> Result<u64> {
    match scalar(value)? {
        Some(Scalar::Number(number)) if number.fract() == 0.0 && (0.0..=ID_MAX as f64).contains(&number) => {
            Ok(number as u64)
        }
        _ => Err(Error::InvalidId { given: printed(value)? }.into()),
    }
}

/// A JavaScript value as a message shows it: a literal if it is a scalar, else its type.
pub fn printed(value: Unknown<'_>) -> Result<String> {
    if let Some(scalar) = scalar(value)? {
        return Ok(scalar.to_string());
    }
    Ok(match value.get_type().map_err(host)? {
        ValueType::Function => "a function",
        ValueType::Symbol => "a symbol",
        ValueType::BigInt => "a bigint",
        _ => "an object",
    }
    .to_owned())
}

/// A property of an object; none if it is neither there nor inherited.
pub fn property<'env>(object: &Object<'env>, name: &str) -> Result<Option<Unknown<'env>>> {
    if object.has_named_property(name).map_err(host)? {
        Ok(Some(object.get_named_property(name).map_err(host)?))
    } else {
        Ok(None)
    }
}

/// A JavaScript value as an object; none if it is a primitive.
pub fn object<'env>(value: Unknown<'env>) -> Result<Option<Object<'env>>> {
    match value.get_type().map_err(host)? {
        ValueType::Object => Ok(Some(value.coerce_to_object().map_err(host)?)),
        _ => Ok(None),
    }
}

/// A value of many fields as JSON, which `js/store/native/load.js` parses.
pub fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| host(napi::Error::from_reason(error.to_string())))
}

/// A scalar for JavaScript.
pub fn js_scalar(value: &Scalar) -> JsScalar {
    match value {
        Scalar::Null => Either5::A(Null),
        Scalar::Undefined => Either5::B(()),
        Scalar::Bool(value) => Either5::C(*value),
        Scalar::Number(value) => Either5::D(*value),
        Scalar::Text(value) => Either5::E(value.to_string()),
    }
}
