//! The JavaScript values that Rust knows.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::error::quoted;
use crate::limits::ID_MAX;

/// A JavaScript primitive: a default, an enum variant, or the value of a native slot.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `null`
    Null,
    /// `undefined`
    Undefined,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A string.
    Text(Cow<'static, str>),
}

impl Scalar {
    /// True for `undefined`.
    pub fn is_undefined(&self) -> bool {
        *self == Scalar::Undefined
    }

    /// True for a number that JavaScript represents exactly as an integer.
    pub fn is_integer(&self) -> bool {
        matches!(self, Scalar::Number(n) if n.fract() == 0.0 && n.abs() <= ID_MAX as f64)
    }
}

impl fmt::Display for Scalar {
    /// Writes a JavaScript literal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Null => f.write_str("null"),
            Scalar::Undefined => f.write_str("undefined"),
            Scalar::Bool(value) => write!(f, "{value}"),
            Scalar::Number(value) => f.write_str(&number(*value)),
            Scalar::Text(value) => f.write_str(&quoted(value)),
        }
    }
}

/// The number as JavaScript prints it.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if size >= 1e21 {
        format!("{value:e}").replace('e', "e+")
    } else if size < 1e-6 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}
