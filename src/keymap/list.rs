//! What is bound, as `aside keys` and help show it. Never resolves: each binding is listed once, where it stands.

use super::{Keymap, file::chord_name};
use crate::action::{Context, Reach};
use serde::Serialize;

/// A row of `aside keys`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Listed {
    /// Table of the keymap.
    pub context: &'static str,
    /// As a keymap names them.
    pub keys: String,
    /// As a keymap names it.
    pub action: String,
    /// What it does.
    pub doc: &'static str,
    /// The verb that does the same, if one does.
    pub verb: Option<&'static str>,
}

impl Keymap {
    /// Everything bound, by context, in the order of the files.
    pub fn rows(&self) -> Vec<Listed> {
        let mut rows = Vec::new();
        for context in Context::ALL {
            for binding in self.own.iter().filter(|binding| binding.context == context) {
                let Some(action) = binding.action else { continue };
                let row = action.row();
                let verb = match row.reach {
                    Reach::Verb(verb) => Some(verb),
                    Reach::UiOnly => None,
                };
                rows.push(Listed {
                    context: context.name(),
                    keys: chord_name(&binding.keys),
                    action: action.to_string(),
                    doc: row.doc,
                    verb,
                });
            }
        }
        rows
    }
}

/// Rows as aligned text, a line each.
pub fn table(rows: &[Listed]) -> String {
    let widest = |field: fn(&Listed) -> &str| rows.iter().map(|row| field(row).chars().count()).max();
    let context = widest(|row| row.context).unwrap_or(0);
    let keys = widest(|row| &row.keys).unwrap_or(0);
    let action = widest(|row| &row.action).unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        text +=
            &format!("{:context$}  {:keys$}  {:action$}  {}\n", row.context, row.keys, row.action, row.doc);
    }
    text
}
