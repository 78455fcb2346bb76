//! The codes that a record holds, and their JavaScript names.

use serde::{Serialize, Serializer};

/// An enum of codes from 0, with a name for each. A code without meaning counts as the first.
macro_rules! codes {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $type {
            /// Every one, by code.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// JavaScript names, by code.
            pub const NAMES: &[&'static str] = &[$($name),*];

            /// The one of that code; the first for a code without meaning.
            pub fn from_code(code: u8) -> Self {
                Self::ALL.get(usize::from(code)).copied().unwrap_or(Self::ALL[0])
            }

            /// The one of that JavaScript name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.name() == name)
            }

            /// The JavaScript name.
            pub fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

codes! {
    /// The state of a request.
    State {
        /// Not a context yet.
        Free = "free",
        /// Made, not entered.
        Created = "created",
        /// Entered.
        Active = "active",
        /// The response is sent; late work may go on.
        Responded = "responded",
        /// Over. Its data stays readable as long as the context.
        Closed = "closed",
    }
}

impl State {
    /// True from made to closed.
    pub fn is_in_flight(self) -> bool {
        matches!(self, State::Created | State::Active | State::Responded)
    }
}

codes! {
    /// What sort of request a context serves.
    RequestKind {
        /// None of the others, or unknown.
        Other = "other",
        /// A page of the App Router.
        AppPage = "appPage",
        /// A route handler of the App Router.
        AppRoute = "appRoute",
        /// A server action.
        Action = "action",
        /// A page of the Pages Router.
        PagesPage = "pagesPage",
        /// An API route of the Pages Router.
        PagesApi = "pagesApi",
        /// A background regeneration, which no client waits for.
        Regeneration = "regeneration",
        /// Not a request but what one waits for: a call of another server, a connection, a child process.
        Outgoing = "outgoing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_agree() {
        for (code, name) in State::NAMES.iter().enumerate() {
            assert_eq!(State::from_code(code as u8).name(), *name);
            assert_eq!(State::from_name(name), Some(State::from_code(code as u8)));
        }
        assert_eq!(State::from_code(200), State::Free);
        assert_eq!(RequestKind::from_code(200), RequestKind::Other);
        assert_eq!(State::from_name("busy"), None);
    }
}
