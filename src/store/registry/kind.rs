//! What a slot can hold. Everything that Rust does by kind is here; in JavaScript it is in js/store/slot-codec.js.
//!
//! A native slot's value lies in a field of the record, encoded so that zero is the default:
//!
//! | kind | field | 0 | 1 … | all ones |
//! |---|---|---|---|---|
//! | flag | byte | the default | 1: the opposite | other |
//! | enum of n | byte | the default | (index - default index) mod n | other |
//! | counter | word | the default | value - default | other |
//!
//! So a zeroed record holds every default, and making a context writes no field. "Other" means that JavaScript assigned a
//! value outside the slot's domain, which it keeps on its own side.

use std::borrow::Cow;

use serde::Serialize;

use super::scalar::Scalar;
use crate::error::{Error, Result, quoted};
use crate::limits::{COUNTER_MAX, ENUM_VARIANTS};

/// Byte-field code for a value that JavaScript holds.
pub const OTHER_BYTE: u8 = u8::MAX;

/// Counter-field code for a value that JavaScript holds; -1 in an `Int32Array`.
pub const OTHER_WORD: u32 = u32::MAX;

/// The sorts of fields that a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldSort {
    /// 8 bits, of which all ones mean "other".
    Byte,
    /// 32 bits, of which all ones mean "other".
    Counter,
}

/// What a slot holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SlotKind {
    /// Any JavaScript value.
    Value,
    /// A boolean.
    Flag,
    /// One of a fixed set of strings or integers.
    Enum {
        /// The set, in order; 1 to 250, no two equal.
        variants: Cow<'static, [Scalar]>,
    },
    /// An integer from its default up to 2^31-1.
    Counter,
    /// What JavaScript makes at first access, such as an array or a `Map`; belongs to a request.
    Lazy,
}

impl SlotKind {
    /// Every kind, without variants.
    pub const ALL: [Self; 5] = [
        SlotKind::Value,
        SlotKind::Flag,
        SlotKind::Enum { variants: Cow::Borrowed(&[]) },
        SlotKind::Counter,
        SlotKind::Lazy,
    ];

    /// The JavaScript name.
    pub fn name(&self) -> &'static str {
        match self {
            SlotKind::Value => "value",
            SlotKind::Flag => "flag",
            SlotKind::Enum { .. } => "enum",
            SlotKind::Counter => "counter",
            SlotKind::Lazy => "lazy",
        }
    }

    /// The kind of that name. `variants` belong to `enum`; given to another kind they are an error.
    ///
    /// # Errors
    /// `SlotSpec`, with `key` in the message.
    pub fn parse(key: &str, name: &str, variants: Option<Vec<Scalar>>) -> Result<Self> {
        let bad = |reason: String| Err(Error::SlotSpec { key: key.to_owned(), reason });
        if variants.is_some() && name != "enum" {
            return bad(format!("\"variants\" is for the kind \"enum\", not {}", quoted(name)));
        }
        match Self::ALL.into_iter().find(|kind| kind.name() == name) {
            Some(SlotKind::Enum { .. }) => {
                Ok(SlotKind::Enum { variants: Cow::Owned(variants.unwrap_or_default()) })
            }
            Some(kind) => Ok(kind),
            None => {
                let names = Self::ALL.map(|kind| kind.name()).join(", ");
                bad(format!("kind {} is unknown; expected one of {names}", quoted(name)))
            }
        }
    }

    /// The value of a slot whose spec has no default; `Undefined` for a lazy slot, which has none.
    pub fn default(&self) -> Scalar {
        match self {
            SlotKind::Value => Scalar::Null,
            SlotKind::Flag => Scalar::Bool(false),
            SlotKind::Enum { variants } => variants.first().cloned().unwrap_or(Scalar::Undefined),
            SlotKind::Counter => Scalar::Number(0.0),
            SlotKind::Lazy => Scalar::Undefined,
        }
    }

    /// The sort of field that values of this kind need, where other threads can read them; none for what JavaScript holds.
    pub fn field_sort(&self) -> Option<FieldSort> {
        match self {
            SlotKind::Flag | SlotKind::Enum { .. } => Some(FieldSort::Byte),
            SlotKind::Counter => Some(FieldSort::Counter),
            SlotKind::Value | SlotKind::Lazy => None,
        }
    }

    /// Checks the default, and the variants of an enum.
    ///
    /// # Errors
    /// The reason why it cannot be one.
    pub fn check(&self, default: &Scalar) -> std::result::Result<(), String> {
        match self {
            SlotKind::Value => match default {
                Scalar::Number(n) if !n.is_finite() => Err(format!(
                    "the default of a value is null, a boolean, a string or a finite number, not {default}"
                )),
                _ => Ok(()),
            },
            SlotKind::Enum { variants } => check_variants(variants, default),
            SlotKind::Flag | SlotKind::Counter => {
                let least = self.default();
                match self.encode(&least, default) {
                    Some(_) => Ok(()),
                    None => Err(format!(
                        "the default of a {} is {}, not {default}",
                        self.name(),
                        self.expected(&least)
                    )),
                }
            }
            SlotKind::Lazy if !default.is_undefined() => {
                Err(format!("the kind \"lazy\" cannot have a default; omit {default}"))
            }
            SlotKind::Lazy => Ok(()),
        }
    }

    /// The values that a slot with this default can hold, for messages; empty for what JavaScript holds.
    pub fn expected(&self, default: &Scalar) -> String {
        match self {
            SlotKind::Flag => "true or false".to_owned(),
            SlotKind::Enum { variants } => {
                let list: Vec<_> = variants.iter().map(Scalar::to_string).collect();
                format!("one of {}", list.join(", "))
            }
            SlotKind::Counter => format!("an integer from {default} to {COUNTER_MAX}"),
            SlotKind::Value | SlotKind::Lazy => String::new(),
        }
    }

    /// The value behind a field's code; none if JavaScript holds the value or the code has no meaning.
    pub fn decode(&self, default: &Scalar, code: u32) -> Option<Scalar> {
        match (self, default) {
            (SlotKind::Flag, Scalar::Bool(default)) => match code {
                0 => Some(Scalar::Bool(*default)),
                1 => Some(Scalar::Bool(!default)),
                _ => None,
            },
            (SlotKind::Enum { variants }, default) => {
                let first = variants.iter().position(|variant| variant == default)?;
                let offset = usize::try_from(code).ok().filter(|offset| *offset < variants.len())?;
                Some(variants[(first + offset) % variants.len()].clone())
            }
            (SlotKind::Counter, Scalar::Number(default)) if code != OTHER_WORD => {
                // Validated to be an integer below 2^31.
                Some(Scalar::Number(f64::from(code.wrapping_add(*default as u32))))
            }
            _ => None,
        }
    }

    /// The field's code for a value; none if this kind does not have the value, or JavaScript holds it.
    pub fn encode(&self, default: &Scalar, value: &Scalar) -> Option<u32> {
        match (self, default, value) {
            (SlotKind::Flag, Scalar::Bool(default), Scalar::Bool(value)) => Some(u32::from(value != default)),
            (SlotKind::Enum { variants }, default, value) => {
                let position = |wanted: &Scalar| variants.iter().position(|variant| variant == wanted);
                let (index, first) = (position(value)?, position(default)?);
                Some(((index + variants.len() - first) % variants.len()) as u32)
            }
            (SlotKind::Counter, Scalar::Number(default), Scalar::Number(number))
                if value.is_integer() && (*default..=f64::from(COUNTER_MAX)).contains(number) =>
            {
                Some((number - default) as u32)
            }
            _ => None,
        }
    }
}

fn check_variants(variants: &[Scalar], default: &Scalar) -> std::result::Result<(), String> {
    if variants.is_empty() || variants.len() > ENUM_VARIANTS {
        return Err(format!("an enum has 1 to {ENUM_VARIANTS} variants, not {}", variants.len()));
    }
    for (index, variant) in variants.iter().enumerate() {
        if !matches!(variant, Scalar::Text(_)) && !variant.is_integer() {
            return Err(format!("variant {variant} is neither a string nor an integer"));
        }
        if variants[..index].contains(variant) {
            return Err(format!("variant {variant} is listed twice"));
        }
    }
    if !variants.contains(default) {
        return Err(format!("the default {default} is not one of the variants"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for kind in SlotKind::ALL {
            assert_eq!(SlotKind::parse("k", kind.name(), None).unwrap(), kind);
            assert_eq!(serde_json::json!(kind)["kind"], kind.name());
        }
    }

    #[test]
    fn parsing_refuses_what_does_not_belong() {
        assert!(SlotKind::parse("k", "flag", Some(vec![])).is_err());
        assert!(SlotKind::parse("k", "array", None).is_err());
    }

    fn variants(list: &[f64]) -> SlotKind {
        SlotKind::Enum { variants: list.iter().copied().map(Scalar::Number).collect() }
    }

    #[test]
    fn zero_is_always_the_default() {
        for (kind, default) in [
            (SlotKind::Flag, Scalar::Bool(true)),
            (variants(&[0.0, 1.0, 2.0]), Scalar::Number(1.0)),
            (SlotKind::Counter, Scalar::Number(7.0)),
        ] {
            assert_eq!(kind.decode(&default, 0), Some(default.clone()));
            assert_eq!(kind.encode(&default, &default), Some(0));
        }
    }

    #[test]
    fn codes_without_meaning_are_other() {
        assert_eq!(SlotKind::Flag.decode(&Scalar::Bool(false), 2), None);
        assert_eq!(SlotKind::Flag.decode(&Scalar::Bool(false), u32::from(OTHER_BYTE)), None);
        assert_eq!(variants(&[3.0]).decode(&Scalar::Number(3.0), 1), None);
        assert_eq!(SlotKind::Counter.decode(&Scalar::Number(0.0), OTHER_WORD), None);
    }

    #[test]
    fn values_outside_the_domain_have_no_code() {
        for value in [4.0, 5.5, 2_147_483_648.0, f64::NAN] {
            assert_eq!(SlotKind::Counter.encode(&Scalar::Number(5.0), &Scalar::Number(value)), None);
        }
        assert_eq!(SlotKind::Flag.encode(&Scalar::Bool(false), &Scalar::Null), None);
    }
}
