//! What a slot is: key, kind, lifetime, default, value in a child context; and the rules a spec must keep.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result, quoted};
use crate::limits::{COUNTER_MAX, ENUM_VARIANTS, ID_MAX, KEY_BYTES};

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
    fn is_undefined(&self) -> bool {
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

    /// True for the kinds whose values fit into a field of the record, where other threads can read them.
    pub fn has_field(&self) -> bool {
        matches!(self, SlotKind::Flag | SlotKind::Enum { .. } | SlotKind::Counter)
    }
}

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
        self.lifetime == Lifetime::Request && self.kind.has_field()
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
        let default = &self.default;
        match &self.kind {
            SlotKind::Value => match default {
                Scalar::Number(n) if !n.is_finite() => bad(format!(
                    "the default of a value is null, a boolean, a string or a finite number, not {default}"
                )),
                _ => Ok(()),
            },
            SlotKind::Flag if !matches!(default, Scalar::Bool(_)) => {
                bad(format!("the default of a flag is true or false, not {default}"))
            }
            SlotKind::Enum { variants } => self.validate_variants(variants),
            SlotKind::Counter => match default {
                Scalar::Number(n) if default.is_integer() && (0.0..=f64::from(COUNTER_MAX)).contains(n) => {
                    Ok(())
                }
                _ => bad(format!(
                    "the default of a counter is an integer from 0 to {COUNTER_MAX}, not {default}"
                )),
            },
            SlotKind::Lazy if self.lifetime != Lifetime::Request => {
                bad("the kind \"lazy\" requires the lifetime \"request\"".to_owned())
            }
            SlotKind::Lazy if *default != Scalar::Undefined => {
                bad(format!("the kind \"lazy\" cannot have a default; omit {default}"))
            }
            _ => Ok(()),
        }
    }

    fn validate_variants(&self, variants: &[Scalar]) -> Result<()> {
        let bad = |reason: String| Err(Error::SlotSpec { key: self.key.to_string(), reason });
        if variants.is_empty() || variants.len() > ENUM_VARIANTS {
            return bad(format!("an enum has 1 to {ENUM_VARIANTS} variants, not {}", variants.len()));
        }
        for (index, variant) in variants.iter().enumerate() {
            if !matches!(variant, Scalar::Text(_)) && !variant.is_integer() {
                return bad(format!("variant {variant} is neither a string nor an integer"));
            }
            if variants[..index].contains(variant) {
                return bad(format!("variant {variant} is listed twice"));
            }
        }
        if variants.contains(&self.default) {
            Ok(())
        } else {
            bad(format!("the default {} is not one of the variants", self.default))
        }
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
        assert!(SlotKind::parse("k", "flag", Some(vec![])).is_err());
        assert!(SlotKind::parse("k", "array", None).is_err());
        assert!(Lifetime::parse("k", "process").is_err());
        assert!(InChild::parse("k", "copy").is_err());
    }

    #[test]
    fn names_round_trip() {
        for kind in SlotKind::ALL {
            assert_eq!(SlotKind::parse("k", kind.name(), None).unwrap(), kind);
            assert_eq!(serde_json::json!(kind)["kind"], kind.name());
        }
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
