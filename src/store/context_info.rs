//! A context as a plain value.

use std::borrow::Cow;

use serde::Serialize;

use crate::store::pages::{RequestKind, State};

/// What a context waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// The label of the outgoing work or of the task.
    pub label: String,
    /// Milliseconds since it began, to 10 ms.
    pub ms: u32,
}

/// A context as it was at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextInfo {
    /// Its id.
    pub id: u64,
    /// What sort of request it serves.
    pub kind: RequestKind,
    /// Its state.
    pub state: State,
    /// The text that a person recognises it by.
    pub label: String,
    /// Milliseconds since it was made, to 10 ms.
    pub age_ms: u32,
    /// Milliseconds since it was last touched, to 10 ms; 0 if it never was.
    pub idle_ms: u32,
    /// Id of its thread.
    pub thread: u32,
    /// Id of the context that it was made in.
    pub parent: Option<u64>,
    /// Keys of the native flags that are set. None unless the filter selects them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<Cow<'static, str>>>,
    /// What it waits for, as far as that is known. None unless the filter selects it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Option<Wait>>,
}
