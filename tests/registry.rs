//! The registry against a plain model: what is registered, what conflicts, which slot gets which field.

use std::collections::{HashMap, HashSet};

use onescope::error::Error;
use onescope::limits::{BYTE_FIELDS, COUNTER_FIELDS};
use onescope::store::registry::{Field, InChild, Lifetime, Registry, Scalar, SlotId, SlotKind, SlotSpec};
use proptest::prelude::*;

fn kinds() -> impl Strategy<Value = SlotKind> {
    prop_oneof![
        Just(SlotKind::Value),
        Just(SlotKind::Flag),
        Just(SlotKind::Counter),
        Just(SlotKind::Lazy),
        (1..4u8).prop_map(|count| SlotKind::Enum {
            variants: (0..count).map(|n| Scalar::Number(f64::from(n))).collect(),
        }),
    ]
}

fn specs() -> impl Strategy<Value = SlotSpec> {
    let lifetimes = prop_oneof![Just(Lifetime::Scope), Just(Lifetime::Request)];
    let in_children = prop_oneof![Just(InChild::Inherit), Just(InChild::Reset)];
    (0..90u8, kinds(), lifetimes, in_children).prop_map(|(key, kind, lifetime, in_child)| {
        let lifetime = if kind == SlotKind::Lazy { Lifetime::Request } else { lifetime };
        SlotSpec::new(format!("k{key}"), kind, lifetime, None, in_child).unwrap()
    })
}

proptest! {
    #[test]
    fn behaves_like_a_map_with_a_fixed_number_of_fields(specs in prop::collection::vec(specs(), 1..160)) {
        let mut registry = Registry::empty();
        let mut model: HashMap<String, (SlotSpec, SlotId)> = HashMap::new();
        let (mut bytes, mut counters) = (0, 0);
        for spec in specs {
            let counter = spec.kind == SlotKind::Counter;
            let (used, limit) =
                if counter { (&mut counters, COUNTER_FIELDS) } else { (&mut bytes, BYTE_FIELDS) };
            let result = registry.register(spec.clone());
            match model.get(spec.key.as_ref()) {
                Some((known, id)) if *known == spec => prop_assert_eq!(result, Ok(*id)),
                Some((known, _)) => prop_assert_eq!(result, Err(Error::SlotConflict {
                    key: spec.key.to_string(),
                    registered: known.to_string(),
                    requested: spec.to_string(),
                })),
                None if spec.is_native() && *used == limit => {
                    prop_assert_eq!(result, Err(Error::FieldsFull { key: spec.key.to_string(), counter }));
                }
                None => {
                    let id = SlotId(model.len() as u32 + 1);
                    prop_assert_eq!(result, Ok(id));
                    *used += usize::from(spec.is_native());
                    model.insert(spec.key.to_string(), (spec, id));
                }
            }
            prop_assert_eq!(registry.list().len(), model.len());
        }
        let mut fields = HashSet::new();
        for slot in registry.list() {
            prop_assert_eq!(slot.field.is_some(), slot.spec.is_native());
            prop_assert_eq!(&model[slot.spec.key.as_ref()].0, &slot.spec);
            prop_assert_eq!(registry.get(u64::from(slot.id.0)), Ok(slot));
            if let Some(field) = slot.field {
                prop_assert!(fields.insert(field), "field {:?} is given twice", field);
                let is_counter = slot.spec.kind == SlotKind::Counter;
                let fits = match field {
                    Field::Byte(index) => index < BYTE_FIELDS && !is_counter,
                    Field::Counter(index) => index < COUNTER_FIELDS && is_counter,
                };
                prop_assert!(fits, "{:?} got {:?}", slot.spec, field);
            }
        }
    }
}

#[test]
fn a_full_record_still_takes_slots_that_need_no_field() {
    let mut registry = Registry::with_builtins();
    let flag = |name: String, lifetime| {
        SlotSpec::new(name, SlotKind::Flag, lifetime, None, InChild::Inherit).unwrap()
    };
    let error =
        (0..).find_map(|n| registry.register(flag(format!("flag{n}"), Lifetime::Request)).err()).unwrap();
    assert_eq!(error.code(), "ERR_ONESCOPE_FIELDS_FULL");
    assert!(registry.register(flag("scoped".to_owned(), Lifetime::Scope)).is_ok());
    assert!(
        registry.register(flag("flag0".to_owned(), Lifetime::Request)).is_ok(),
        "known slots need no new field"
    );
}

#[test]
fn concurrent_registration_gives_every_thread_the_same_ids() {
    let store = onescope::store::Store::new();
    let builtins = store.registry.read().list().len();
    let register_all = || -> Vec<u32> {
        (0..20)
            .map(|n| {
                let kind = SlotKind::Flag;
                let spec = SlotSpec::new(format!("f{n}"), kind, Lifetime::Request, None, InChild::Inherit);
                store.registry.write().register(spec.unwrap()).unwrap().0
            })
            .collect()
    };
    let results: Vec<Vec<u32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(register_all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(results.iter().all(|ids| *ids == results[0]));
    assert_eq!(store.registry.read().list().len(), builtins + 20);
}
