//! Fields and labels: what is written is read back, and nothing else of the record changes.

use onescope::limits::{COUNTER_MAX, LABEL_BYTES};
use onescope::store::pages::{Page, Record};
use onescope::store::registry::{
    Field, InChild, Lifetime, OTHER_BYTE, OTHER_WORD, Registry, Scalar, SlotKind, SlotSpec, decode, encode,
};
use onescope::text::clean;
use proptest::prelude::*;

fn image(record: Record<'_>) -> Vec<u8> {
    (0..128).map(|offset| record.byte(offset)).collect()
}

/// A native spec and a value in its domain.
fn native() -> impl Strategy<Value = (SlotSpec, Scalar)> {
    let spec = |kind, default| {
        SlotSpec::new("key", kind, Lifetime::Request, Some(default), InChild::Inherit).unwrap()
    };
    let flags = any::<(bool, bool)>()
        .prop_map(move |(default, value)| (spec(SlotKind::Flag, Scalar::Bool(default)), Scalar::Bool(value)));
    let enums = (1..=250usize, any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        move |(count, default, value)| {
            let number = |index: usize| Scalar::Number(index as f64);
            let variants = (0..count).map(number).collect();
            let kind = SlotKind::Enum { variants };
            (spec(kind, number(default.index(count))), number(value.index(count)))
        },
    );
    let counters = (0..=COUNTER_MAX)
        .prop_flat_map(|default| (Just(default), default..=COUNTER_MAX))
        .prop_map(move |(default, value)| {
            let number = |value: u32| Scalar::Number(f64::from(value));
            (spec(SlotKind::Counter, number(default)), number(value))
        });
    prop_oneof![flags, enums, counters]
}

proptest! {
    #[test]
    fn every_value_of_the_domain_survives_a_field((spec, value) in native(), field in 0..32usize) {
        let page = Page::new(1, 0).unwrap();
        let counter = spec.kind == SlotKind::Counter;
        let field = if counter { Field::Counter(field % 3) } else { Field::Byte(field) };
        let record = page.record(7);
        prop_assert_eq!(record.slot(&spec, field), Some(spec.default.clone()), "a zeroed record holds defaults");
        record.set_slot(&spec, field, &value).unwrap();
        prop_assert_eq!(record.slot(&spec, field), Some(value.clone()));
        record.set_slot(&spec, field, &spec.default).unwrap();
        prop_assert_eq!(image(record), vec![0; 128], "the default is zero again, and nothing else was touched");
    }

    #[test]
    fn codes_of_values_are_never_other((spec, value) in native()) {
        let code = encode(&spec, &value).unwrap();
        prop_assert!(code != OTHER_WORD);
        prop_assert!(spec.kind == SlotKind::Counter || code < u32::from(OTHER_BYTE));
        prop_assert_eq!(decode(&spec, code), Some(value));
    }

    #[test]
    fn any_code_decodes_without_panic((spec, _) in native(), code: u32) {
        let _ = decode(&spec, code);
    }

    #[test]
    fn a_label_keeps_its_longest_prefix_of_whole_characters(label in ".{0,80}", before in ".{0,80}") {
        let label = clean(&label);
        let page = Page::new(1, 0).unwrap();
        let record = page.record(255);
        record.set_label(&before);
        record.set_label(&label);
        let kept = record.label();
        prop_assert!(label.starts_with(&kept) && kept.len() <= LABEL_BYTES);
        let next = label[kept.len()..].chars().next();
        prop_assert!(next.is_none_or(|next| kept.len() + next.len_utf8() > LABEL_BYTES));
        prop_assert_eq!(image(page.record(254)), vec![0; 128], "the neighbour is untouched");
    }
}

#[test]
fn setting_every_builtin_leaves_the_rest_of_the_record_alone() {
    let registry = Registry::with_builtins();
    let page = Page::new(1, 0).unwrap();
    let record = page.record(3);
    let other = |spec: &SlotSpec| match (&spec.kind, &spec.default) {
        (SlotKind::Flag, _) => Scalar::Bool(true),
        (SlotKind::Enum { variants }, _) => variants[variants.len() - 1].clone(),
        _ => Scalar::Number(77.0),
    };
    let native: Vec<_> = registry.list().iter().filter_map(|slot| Some((&slot.spec, slot.field?))).collect();
    assert!(!native.is_empty());
    for (spec, field) in &native {
        record.set_slot(spec, *field, &other(spec)).unwrap();
    }
    for (spec, field) in &native {
        assert_eq!(record.slot(spec, *field), Some(other(spec)), "{}", spec.key);
    }
    let bytes = image(record);
    assert!(bytes[..20].iter().chain(&bytes[64..]).all(|byte| *byte == 0));
}
