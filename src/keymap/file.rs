//! A keymap file as bindings and problems. Never stops at a problem, but at a file that is no TOML.

use super::{Binding, Source, clash};
use crate::{
    action::{Action, Context},
    config::{Problem, Problems},
    key::Key,
    keymap::limits::CHORD_KEYS_MAX,
    nearest::suggestion,
};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The bindings of a file in its order, and what is wrong with the others.
pub(super) fn read(source: Source<'_>, leader: Key) -> (Vec<Binding>, Vec<Problem>) {
    let mut problems = Problems::new(source.file, source.text);
    let mut found: Vec<(Range<usize>, Binding)> = Vec::new();
    match DeTable::parse(source.text) {
        Err(error) => problems.syntax(&error),
        Ok(root) => {
            for (name, value) in root.get_ref() {
                if name.get_ref() == "leader" {
                    if leader_key(value.get_ref()).is_none() {
                        let message = "leader must be a key that types no text, such as \"ctrl-space\"";
                        problems.column(value.span(), message);
                    }
                    continue;
                }
                let context = Context::named(name.get_ref());
                match (context, value.get_ref()) {
                    (Some(context), DeValue::Table(table)) => {
                        read_table(context, table, leader, &mut problems, &mut found);
                    }
                    (Some(context), _) => {
                        problems.column(name.span(), format!("{0} must be a table: [{0}]", context.name()));
                    }
                    (None, _) => {
                        let near = suggestion(name.get_ref(), Context::ALL.map(Context::name));
                        problems.column(name.span(), format!("unknown context {}{near}", name.get_ref()));
                    }
                }
            }
        }
    }
    found.sort_by_key(|(span, _)| span.start);
    let bindings = without_conflicts(found, &mut problems);
    (bindings, problems.into_found())
}

/// The leader a file names, if it is one.
pub(super) fn leader(text: &str) -> Option<Key> {
    let root = DeTable::parse(text).ok()?;
    leader_key(root.get_ref().get("leader")?.get_ref())
}

fn leader_key(value: &DeValue<'_>) -> Option<Key> {
    let key: Key = value.as_str()?.parse().ok()?;
    key.text().is_none().then_some(key)
}

fn read_table(
    context: Context,
    table: &DeTable<'_>,
    leader: Key,
    problems: &mut Problems<'_>,
    found: &mut Vec<(Range<usize>, Binding)>,
) {
    for (written, value) in table {
        let keys = match read_chord(written.get_ref(), leader) {
            Ok(keys) => keys,
            Err(message) => {
                problems.column(written.span(), message);
                continue;
            }
        };
        match read_action(value.get_ref(), context) {
            Ok(action) => found.push((written.span(), Binding { keys, action, context })),
            Err(message) => problems.column(value.span(), message),
        }
    }
}

/// Keys separated by spaces, `leader` standing for the leader.
fn read_chord(written: &str, leader: Key) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    for word in written.split_whitespace() {
        let key = if word.eq_ignore_ascii_case("leader") {
            leader
        } else {
            word.parse().map_err(|error: crate::key::UnknownKey| error.to_string())?
        };
        keys.push(key);
    }
    match keys.len() {
        0 => Err("no key named".to_owned()),
        1..=CHORD_KEYS_MAX => Ok(keys),
        _ => Err(format!("more than {CHORD_KEYS_MAX} keys in {written}")),
    }
}

fn read_action(value: &DeValue<'_>, context: Context) -> Result<Option<Action>, String> {
    let DeValue::String(word) = value else {
        return Err("an action is a string, such as \"background\" or \"none\"".to_owned());
    };
    if word == "none" {
        return Ok(None);
    }
    let action: Action = word.parse().map_err(|error: crate::action::UnknownAction| error.to_string())?;
    if action.works_in(context) {
        Ok(Some(action))
    } else {
        Err(format!("{word} does nothing in [{}]", context.name()))
    }
}

/// Within one file the later of two bindings that cannot both be reached counts, and the user is told.
fn without_conflicts(found: Vec<(Range<usize>, Binding)>, problems: &mut Problems<'_>) -> Vec<Binding> {
    let mut kept: Vec<Binding> = Vec::new();
    for (span, binding) in found {
        let conflicts =
            |earlier: &Binding| earlier.context == binding.context && clash(&earlier.keys, &binding.keys);
        // `leader leader` and `leader ctrl-b` may be one chord, and mean one thing
        let differs = |earlier: &&Binding| conflicts(earlier) && earlier.action != binding.action;
        if let Some(earlier) = kept.iter().find(differs) {
            let (one, other) = (chord_name(&earlier.keys), chord_name(&binding.keys));
            let message = if one == other {
                format!("{other} is bound twice in [{}], this one counts", binding.context.name())
            } else {
                format!("{other} takes the place of {one}: one begins the other")
            };
            problems.column(span, message);
        }
        kept.retain(|earlier| !conflicts(earlier));
        kept.push(binding);
    }
    kept
}

/// A chord as it is written in a file.
pub(super) fn chord_name(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
