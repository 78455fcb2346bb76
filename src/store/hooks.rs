//! Where features learn what happens in the store.

use super::pages::Page;

/// Called with a page.
pub type PageHook = Box<dyn Fn(&Page) + Send + Sync>;

/// What features add to a store when it is made. No lock of the store is held while a hook runs.
#[derive(Default)]
pub struct Hooks {
    /// Called before a released page counts as gone; maybe more than once for a page.
    pub page_leaves: Vec<PageHook>,
}
