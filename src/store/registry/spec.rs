//! The declaration of a slot: key, kind, lifetime, default, value in a child context; and the rules it must keep.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::kind::SlotKind;
use super::scalar::Scalar;
use crate::error::{Error, Result, quoted};
use crate::limits::KEY_BYTES;

/// How long a slot's value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lifetime {
    /// While the scope that set it is current.
    Scope,
    /// As long as the request context.
    Request,
}

impl Lifetime {
    /// The JavaScript name.
    pub fn name(self) -> &'static str {
        match self {
            Lifetime::Scope => "scope",
            Lifetime::Request => "request",
        }
    }

    /// The lifetime of that name.
    ///
    /// # Errors
    /// `SlotSpec`, with `key` in the message.
    pub fn parse(key: &str, name: &str) -> Result<Self> {
        match name {
            "scope" => Ok(Lifetime::Scope),
            "request" => Ok(Lifetime::Request),
            _ => Err(Error::SlotSpec {
                key: key.to_owned(),
                reason: format!("lifetime {} is unknown; expected scope or request", quoted(name)),
            }),
        }
    }
}

/// What a child context starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InChild {
    /// The parent's value.
    Inherit,
    /// The default.
    Reset,
}

impl InChild {
    /// The JavaScript name.
    pub fn name(self) -> &'static str {
        match self {
            InChild::Inherit => "inherit",
            InChild::Reset => "reset",
        }
    }

    /// The behaviour of that name.
    ///
    /// # Errors
    /// `SlotSpec`, with `key` in the message.
    pub fn parse(key: &str, name: &str) -> Result<Self> {
        match name {
            "inherit" => Ok(InChild::Inherit),
            "reset" => Ok(InChild::Reset),
            _ => Err(Error::SlotSpec {
                key: key.to_owned(),
                reason: format!("inChild {} is unknown; expected inherit or reset", quoted(name)),
            }),
        }
    }
}

/// The declaration of a slot. Two specs are the same slot if they are equal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotSpec {
    /// Process-wide name, 1 to 200 bytes.
    pub key: Cow<'static, str>,
    /// What it holds.
    #[serde(flatten)]
    pub kind: SlotKind,
    /// How long.
    pub lifetime: Lifetime,
    /// Its first value; `Undefined` for a lazy slot, which has none.
    #[serde(skip_serializing_if = "Scalar::is_undefined")]
    pub default: Scalar,
    /// What a child starts with.
    pub in_child: InChild,
}

impl SlotSpec {
    /// A spec; an absent default becomes the kind's own: `null`, `false`, the first variant, 0, none.
    ///
    /// # Errors
    /// `SlotSpec` if a rule is broken.
    pub fn new(
        key: impl Into<Cow<'static, str>>,
        kind: SlotKind,
        lifetime: Lifetime,
        default: Option<Scalar>,
        in_child: InChild,
    ) -> Result<Self> {
        let default = default.unwrap_or_else(|| kind.default());
        let spec = Self { key: key.into(), kind, lifetime, default, in_child };
        spec.validate()?;
        Ok(spec)
    }

    /// True if the value is in a field of the record, where other threads can read it.
    pub fn is_native(&self) -> bool {
        self.lifetime == Lifetime::Request && self.kind.field_sort().is_some()
    }

    /// Checks every rule that needs no registry.
    ///
    /// # Errors
    /// `SlotSpec`, naming the first rule that is broken.
    pub fn validate(&self) -> Result<()> {
        let bad = |reason: String| Err(Error::SlotSpec { key: self.key.to_string(), reason });
        if self.key.is_empty() || self.key.len() > KEY_BYTES {
            return bad(format!("the key has {} bytes; expected 1 to {KEY_BYTES}", self.key.len()));
        }
        if self.kind == SlotKind::Lazy && self.lifetime != Lifetime::Request {
            return bad("the kind \"lazy\" requires the lifetime \"request\"".to_owned());
        }
        self.kind.check(&self.default).or_else(bad)
    }
}

impl fmt::Display for SlotSpec {
    /// Writes the whole spec as a JavaScript object literal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{ key: {}, kind: {:?}", quoted(&self.key), self.kind.name())?;
        if let SlotKind::Enum { variants } = &self.kind {
            let list: Vec<_> = variants.iter().map(Scalar::to_string).collect();
            write!(f, ", variants: [{}]", list.join(", "))?;
        }
        let (lifetime, in_child) = (self.lifetime.name(), self.in_child.name());
        write!(f, ", lifetime: {lifetime:?}, default: {}, inChild: {in_child:?} }}", self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::ENUM_VARIANTS;

    fn make(kind: SlotKind, default: Option<Scalar>) -> Result<SlotSpec> {
        SlotSpec::new("key", kind, Lifetime::Request, default, InChild::Inherit)
    }

    fn variants(list: &[&'static str]) -> SlotKind {
        SlotKind::Enum { variants: list.iter().map(|name| Scalar::Text((*name).into())).collect() }
    }

    #[test]
    fn absent_defaults_are_those_of_the_kind() {
        assert_eq!(make(SlotKind::Value, None).unwrap().default, Scalar::Null);
        assert_eq!(make(SlotKind::Flag, None).unwrap().default, Scalar::Bool(false));
        assert_eq!(make(variants(&["a", "b"]), None).unwrap().default, Scalar::Text("a".into()));
        assert_eq!(make(SlotKind::Counter, None).unwrap().default, Scalar::Number(0.0));
        assert_eq!(make(SlotKind::Lazy, None).unwrap().default, Scalar::Undefined);
    }

    #[test]
    fn every_broken_rule_is_refused() {
        let many: Vec<Scalar> = (0..=ENUM_VARIANTS).map(|n| Scalar::Number(n as f64)).collect();
        let bad = [
            make(SlotKind::Flag, Some(Scalar::Null)),
            make(variants(&[]), None),
            make(variants(&["a", "a"]), None),
            make(variants(&["a"]), Some(Scalar::Text("b".into()))),
            make(SlotKind::Enum { variants: many.into() }, None),
            make(SlotKind::Enum { variants: vec![Scalar::Number(0.5)].into() }, None),
            make(SlotKind::Enum { variants: vec![Scalar::Null].into() }, None),
            make(SlotKind::Counter, Some(Scalar::Number(-1.0))),
            make(SlotKind::Counter, Some(Scalar::Number(2_147_483_648.0))),
            make(SlotKind::Counter, Some(Scalar::Number(f64::NAN))),
            make(SlotKind::Value, Some(Scalar::Number(f64::INFINITY))),
            make(SlotKind::Lazy, Some(Scalar::Null)),
            SlotSpec::new("key", SlotKind::Lazy, Lifetime::Scope, None, InChild::Inherit),
            SlotSpec::new("", SlotKind::Value, Lifetime::Scope, None, InChild::Inherit),
            SlotSpec::new("k".repeat(201), SlotKind::Value, Lifetime::Scope, None, InChild::Inherit),
        ];
        for result in bad {
            assert_eq!(result.unwrap_err().code(), "ERR_ONESCOPE_SLOT_SPEC");
        }
    }

    #[test]
    fn parsing_refuses_what_does_not_belong() {
        assert!(Lifetime::parse("k", "process").is_err());
        assert!(InChild::parse("k", "copy").is_err());
    }

    #[test]
    fn names_round_trip() {
        for lifetime in [Lifetime::Scope, Lifetime::Request] {
            assert_eq!(Lifetime::parse("k", lifetime.name()).unwrap(), lifetime);
            assert_eq!(serde_json::json!(lifetime), lifetime.name());
        }
        for in_child in [InChild::Inherit, InChild::Reset] {
            assert_eq!(InChild::parse("k", in_child.name()).unwrap(), in_child);
            assert_eq!(serde_json::json!(in_child), in_child.name());
        }
    }

    #[test]
    fn prints_as_an_object_literal() {
        let spec = make(variants(&["a", "b"]), None).unwrap();
        assert_eq!(
            spec.to_string(),
            r#"{ key: "key", kind: "enum", variants: ["a", "b"], lifetime: "request", default: "a", inChild: "inherit" }"#
        );
    }
}
