//! Which field of the record a native slot gets, and how it is read and written.

use serde::Serialize;

use super::kind::FieldSort;
use super::scalar::Scalar;
use super::spec::SlotSpec;
use crate::error::{Error, Result};
use crate::limits::{BYTE_FIELDS, COUNTER_FIELDS};

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
        let Some(sort) = spec.kind.field_sort().filter(|_| spec.is_native()) else { return Ok(None) };
        let counter = sort == FieldSort::Counter;
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

/// The value behind a field's code; none if the value lies in JavaScript or the code has no meaning.
pub fn decode(spec: &SlotSpec, code: u32) -> Option<Scalar> {
    spec.kind.decode(&spec.default, code)
}

/// The field's code for a value.
///
/// # Errors
/// `SlotKind` if the value is outside the slot's domain, or the slot is not native.
pub fn encode(spec: &SlotSpec, value: &Scalar) -> Result<u32> {
    spec.kind.encode(&spec.default, value).ok_or_else(|| {
        let reason = if spec.kind.field_sort().is_none() {
            format!("is not native (kind {:?}); read it in JavaScript", spec.kind.name())
        } else {
            format!("cannot hold {value}; expected {}", spec.kind.expected(&spec.default))
        };
        Error::SlotKind { key: spec.key.to_string(), reason }
    })
}
