//! The slots of the process: which exist, under which ids, in which fields of a record.

pub mod builtin;
mod kind;
mod layout;
mod scalar;
mod spec;

use std::borrow::Cow;
use std::collections::HashMap;

pub use kind::{FieldSort, OTHER_BYTE, OTHER_WORD, SlotKind};
pub use layout::{Field, decode, encode};
pub use scalar::Scalar;
use serde::Serialize;
pub use spec::{InChild, Lifetime, SlotSpec};

use crate::error::{Error, Result};
use layout::FieldAllocator;

/// Number of a slot, from 1 upward in order of registration; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct SlotId(pub u32);

/// A registered slot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slot {
    /// Its number.
    pub id: SlotId,
    /// Its declaration.
    #[serde(flatten)]
    pub spec: SlotSpec,
    /// Its place in the record, if it is native.
    pub field: Option<Field>,
    /// The vinext module that owns a built-in slot.
    pub owner: Option<&'static str>,
}

/// All slots, in order of registration.
#[derive(Debug, Default)]
pub struct Registry {
    slots: Vec<Slot>,
    by_key: HashMap<Cow<'static, str>, usize>,
    fields: FieldAllocator,
}

impl Registry {
    /// A registry without any slot.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A registry that holds the built-in slots under the ids 1, 2, ….
    pub fn with_builtins() -> Self {
        let mut registry = Self::empty();
        for entry in builtin::BUILTIN {
            // A table that breaks a rule fails the unit tests below, so it never ships.
            if let Ok(SlotId(id)) = registry.register(entry.spec.clone()) {
                registry.slots[id as usize - 1].owner = Some(entry.owner);
            }
        }
        registry
    }

    /// Registers a slot, or finds it if the same spec is registered already.
    ///
    /// # Errors
    /// `SlotSpec` if the spec breaks a rule, `SlotConflict` if its key has another spec, `FieldsFull` if it is native and no
    /// field is left. The registry is unchanged then.
    pub fn register(&mut self, spec: SlotSpec) -> Result<SlotId> {
        spec.validate()?;
        if let Some(&index) = self.by_key.get(&spec.key) {
            let slot = &self.slots[index];
            return if slot.spec == spec {
                Ok(slot.id)
            } else {
                Err(Error::SlotConflict {
                    key: spec.key.to_string(),
                    registered: slot.spec.to_string(),
                    requested: spec.to_string(),
                })
            };
        }
        let field = self.fields.allocate(&spec)?;
        let index = self.slots.len();
        let id = SlotId(index as u32 + 1);
        self.by_key.insert(spec.key.clone(), index);
        self.slots.push(Slot { id, spec, field, owner: None });
        Ok(id)
    }

    /// The slot of that id.
    ///
    /// # Errors
    /// `SlotUnknown` if there is none.
    pub fn get(&self, id: u64) -> Result<&Slot> {
        let index = id.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.slots.get(index)).ok_or(Error::SlotUnknown { id })
    }

    /// Every slot, in order of id.
    pub fn list(&self) -> &[Slot] {
        &self.slots
    }
}

#[cfg(test)]
mod tests {
    use super::builtin::BUILTIN;
    use super::*;

    #[test]
    fn every_builtin_is_registered_in_order() {
        let registry = Registry::with_builtins();
        assert_eq!(registry.list().len(), BUILTIN.len());
        for (index, (slot, entry)) in registry.list().iter().zip(BUILTIN).enumerate() {
            assert_eq!(slot.id, SlotId(index as u32 + 1));
            assert_eq!((&slot.spec, slot.owner), (&entry.spec, Some(entry.owner)));
        }
    }

    #[test]
    fn a_refused_spec_changes_nothing() {
        let mut registry = Registry::with_builtins();
        let spec = |kind, default| {
            SlotSpec::new("phase", kind, Lifetime::Request, default, InChild::Inherit).unwrap()
        };
        let error = registry.register(spec(SlotKind::Flag, None)).unwrap_err();
        assert_eq!(error.code(), "ERR_ONESCOPE_SLOT_CONFLICT");
        let message = error.to_string();
        assert!(message.contains("kind: \"enum\"") && message.contains("kind: \"flag\""), "{message}");
        assert_eq!(registry.list().len(), BUILTIN.len());
    }

    #[test]
    fn ids_that_were_never_given_are_unknown() {
        let registry = Registry::with_builtins();
        let last = BUILTIN.len() as u64;
        for id in [0, last + 1, u64::MAX] {
            assert_eq!(registry.get(id), Err(Error::SlotUnknown { id }));
        }
        assert_eq!(registry.get(last).unwrap().spec, BUILTIN[BUILTIN.len() - 1].spec);
    }
}
