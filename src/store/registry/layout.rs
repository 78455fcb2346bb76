//! Which field of the record a native slot gets, and how its value is encoded there.
//!
//! | kind | field | 0 | 1 … | all ones |
//! |---|---|---|---|---|
//! | flag | byte | the default | 1: the opposite | other |
//! | enum of n | byte | the default | (index - default index) mod n | other |
//! | counter | word | the default | value - default | other |
//!
//! So a zeroed record holds every default, and making a context writes no field. "Other" means that JavaScript assigned a
//! value outside the slot's domain, which it keeps on its own side.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::limits::{BYTE_FIELDS, COUNTER_FIELDS, COUNTER_MAX};

use super::spec::{Scalar, SlotKind, SlotSpec};

/// Byte-field code for a value that JavaScript holds.
pub const OTHER_BYTE: u8 = u8::MAX;

/// Counter-field code for a value that JavaScript holds; -1 in an `Int32Array`.
pub const OTHER_WORD: u32 = u32::MAX;

/// A place in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Field {
    /// Index of a byte field, 0 to 31.
    Byte(usize),
    /// Index of a counter field, 0 to 2.
    Counter(usize),
}

impl Field {
    /// The index among fields of its sort.
    pub fn index(self) -> usize {
        match self {
            Field::Byte(index) | Field::Counter(index) => index,
        }
    }
}

/// Hands out fields, lowest first; fields are never given back, because live records may use them.
#[derive(Debug, Default)]
pub struct FieldAllocator {
    bytes: usize,
    counters: usize,
}

impl FieldAllocator {
    /// The field for a slot, or none if it is not native.
    ///
    /// # Errors
    /// `FieldsFull` if all fields of that sort are taken.
    pub fn allocate(&mut self, spec: &SlotSpec) -> Result<Option<Field>> {
        if !spec.is_native() {
            return Ok(None);
        }
        let counter = spec.kind == SlotKind::Counter;
        let (used, limit) =
            if counter { (&mut self.counters, COUNTER_FIELDS) } else { (&mut self.bytes, BYTE_FIELDS) };
        if *used == limit {
            return Err(Error::FieldsFull { key: spec.key.to_string(), counter });
        }
        let index = *used;
        *used += 1;
        Ok(Some(if counter { Field::Counter(index) } else { Field::Byte(index) }))
    }
}

/// The value behind a field's code; none if the value lives in JavaScript or the code has no meaning.
pub fn decode(spec: &SlotSpec, code: u32) -> Option<Scalar> {
    match (&spec.kind, &spec.default) {
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

/// The field's code for a value.
///
/// # Errors
/// `SlotKind` if the value is outside the slot's domain, or the slot is not native.
pub fn encode(spec: &SlotSpec, value: &Scalar) -> Result<u32> {
    let refuse = |expected: String| {
        let reason = format!("cannot hold {value}; expected {expected}");
        Err(Error::SlotKind { key: spec.key.to_string(), reason })
    };
    match (&spec.kind, &spec.default, value) {
        (SlotKind::Flag, Scalar::Bool(default), Scalar::Bool(value)) => Ok(u32::from(value != default)),
        (SlotKind::Flag, ..) => refuse("true or false".to_owned()),
        (SlotKind::Enum { variants }, default, value) => {
            let position = |wanted: &Scalar| variants.iter().position(|variant| variant == wanted);
            match (position(value), position(default)) {
                (Some(index), Some(first)) => Ok(((index + variants.len() - first) % variants.len()) as u32),
                _ => {
                    let list: Vec<_> = variants.iter().map(Scalar::to_string).collect();
                    refuse(format!("one of {}", list.join(", ")))
                }
            }
        }
        (SlotKind::Counter, Scalar::Number(default), Scalar::Number(number))
            if value.is_integer() && (*default..=f64::from(COUNTER_MAX)).contains(number) =>
        {
            Ok((number - default) as u32)
        }
        (SlotKind::Counter, default, _) => refuse(format!("an integer from {default} to {COUNTER_MAX}")),
        _ => Err(Error::SlotKind {
            key: spec.key.to_string(),
            reason: format!("is not native (kind {:?}); read it in JavaScript", spec.kind.name()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::registry::spec::{InChild, Lifetime};

    fn spec(kind: SlotKind, default: Scalar) -> SlotSpec {
        SlotSpec::new("key", kind, Lifetime::Request, Some(default), InChild::Inherit).unwrap()
    }

    #[test]
    fn zero_is_always_the_default() {
        let numbers = SlotKind::Enum { variants: [0.0, 1.0, 2.0].map(Scalar::Number).to_vec().into() };
        for spec in [
            spec(SlotKind::Flag, Scalar::Bool(true)),
            spec(numbers, Scalar::Number(1.0)),
            spec(SlotKind::Counter, Scalar::Number(7.0)),
        ] {
            assert_eq!(decode(&spec, 0), Some(spec.default.clone()));
            assert_eq!(encode(&spec, &spec.default), Ok(0));
        }
    }

    #[test]
    fn codes_without_meaning_are_other() {
        let flag = spec(SlotKind::Flag, Scalar::Bool(false));
        let one = spec(SlotKind::Enum { variants: vec![Scalar::Number(3.0)].into() }, Scalar::Number(3.0));
        assert_eq!(decode(&flag, 2), None);
        assert_eq!(decode(&flag, u32::from(OTHER_BYTE)), None);
        assert_eq!(decode(&one, 1), None);
        assert_eq!(decode(&spec(SlotKind::Counter, Scalar::Number(0.0)), OTHER_WORD), None);
    }

    #[test]
    fn values_outside_the_domain_are_refused() {
        let counter = spec(SlotKind::Counter, Scalar::Number(5.0));
        for value in [4.0, 5.5, 2_147_483_648.0, f64::NAN] {
            assert_eq!(
                encode(&counter, &Scalar::Number(value)).unwrap_err().code(),
                "ERR_ONESCOPE_SLOT_KIND"
            );
        }
        let flag = spec(SlotKind::Flag, Scalar::Bool(false));
        assert_eq!(encode(&flag, &Scalar::Null).unwrap_err().code(), "ERR_ONESCOPE_SLOT_KIND");
    }
}
