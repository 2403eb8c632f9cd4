//! Keymaps: which keys do what, where. Never presses a key or does an action.
//!
//! A keymap is data: TOML tables named by context, `"keys" = "action"`. The built-in one is the base, the
//! user's file overrides it binding by binding, and `"none"` takes a binding away. Nothing in a file is
//! fatal: what cannot be used is reported with its place, the rest counts.

mod chord;
mod file;
pub mod limits;
mod list;

pub use chord::{Chord, Outcome, Pressed};
pub use list::{Listed, table};

use crate::{
    action::{Action, Context},
    config::Problem,
    key::{Code, Key, Mods},
};

/// The built-in keymap, also the one place where its bindings are explained.
pub const DEFAULT: &str = include_str!("../../keymaps/default.toml");

/// The built-in keymaps by name, the default first; the others are laid over it.
pub const BUILT_IN: [(&str, &str); 3] = [
    ("default", DEFAULT),
    ("tmux", include_str!("../../keymaps/tmux.toml")),
    ("screen", include_str!("../../keymaps/screen.toml")),
];

/// The text of a built-in keymap.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(built_in, _)| *built_in == name).map(|(_, text)| *text)
}

/// The leader unless configured: Ctrl+Space.
pub const LEADER: Key = Key { code: Code::Char(' '), mods: Mods::CTRL };

/// A keymap file.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// As it is named to the user.
    pub file: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// A key or chord and what it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// Pressed one after the other; never empty.
    pub keys: Vec<Key>,
    /// What it does; `none` takes away what an outer context would do.
    pub action: Option<Action>,
    /// The table it stands in.
    pub context: Context,
}

/// What a key means after the keys pending before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// The chord is complete.
    Matched(Action),
    /// It is the beginning of a chord.
    Pending,
    /// A single key that is not bound.
    NotFound,
    /// No chord begins like this: the pending keys, to be passed on or told; the key itself is looked up anew.
    Cancelled(Vec<Key>),
}

/// All bindings, resolved per context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keymap {
    leader: Key,
    own: Vec<Binding>,
    resolved: Vec<(Context, Vec<Binding>)>,
}

impl Keymap {
    /// The built-in keymap overridden by files, in order, and what is wrong in them. The leader is `leader`, else what
    /// the last file says that names one, else [`LEADER`].
    pub fn load(leader: Option<Key>, files: &[Source<'_>]) -> (Self, Vec<Problem>) {
        let built_in = Source { file: "keymaps/default.toml", text: DEFAULT };
        let named = || files.iter().rev().find_map(|source| file::leader(source.text));
        let leader = leader.or_else(named).unwrap_or(LEADER);
        let mut own = Vec::new();
        let mut problems = Vec::new();
        for source in std::iter::once(&built_in).chain(files) {
            let (bindings, found) = file::read(*source, leader);
            problems.extend(found);
            for binding in bindings {
                own.retain(|earlier: &Binding| {
                    earlier.context != binding.context || !clash(&earlier.keys, &binding.keys)
                });
                own.push(binding);
            }
        }
        // a key that begins chords everywhere cannot be one of its own anywhere
        own.retain(|binding| binding.keys != [leader]);
        let resolved = Context::ALL.map(|context| (context, resolve(context, &own))).into();
        (Self { leader, own, resolved }, problems)
    }

    /// The key that begins aside's own chords.
    pub const fn leader(&self) -> Key {
        self.leader
    }

    /// What `key` does in a context, after the keys `pending` that were looked up before it.
    pub fn lookup(&self, context: Context, pending: &[Key], key: Key) -> Lookup {
        let mut begun = false;
        for binding in self.bindings(context) {
            let mut keys = binding.keys.iter();
            let as_pressed = pending.iter().chain([&key]).all(|pressed| {
                keys.next().is_some_and(|bound| bound == pressed || *bound == pressed.without_keypad())
            });
            match (as_pressed, keys.as_slice().is_empty(), binding.action) {
                (true, true, Some(action)) => return Lookup::Matched(action),
                (true, false, Some(_)) => begun = true,
                _ => {}
            }
        }
        match (begun, pending.is_empty()) {
            (true, _) => Lookup::Pending,
            (false, true) => Lookup::NotFound,
            (false, false) => Lookup::Cancelled(pending.to_vec()),
        }
    }

    /// What is bound in a context, its own bindings first, then those of the contexts around it.
    pub fn bindings(&self, context: Context) -> &[Binding] {
        self.resolved.iter().find(|(of, _)| *of == context).map_or(&[], |(_, bindings)| bindings)
    }

    /// The chords that begin with `pending`, for a popup that shows what can follow.
    pub fn after<'a>(&'a self, context: Context, pending: &'a [Key]) -> impl Iterator<Item = &'a Binding> {
        self.bindings(context)
            .iter()
            .filter(|binding| binding.keys.len() > pending.len() && binding.keys.starts_with(pending))
    }

    /// The shown keys of an action in a context, the shortest or else the first: `^B`, `^Space b`.
    pub fn label(&self, context: Context, action: Action) -> Option<String> {
        let bound = self.bindings(context).iter().filter(|binding| binding.action == Some(action));
        let binding = bound.min_by_key(|binding| binding.keys.len())?;
        Some(binding.keys.iter().map(|key| key.label()).collect::<Vec<_>>().join(" "))
    }
}

/// Whether two chords cannot both be reached: they are the same, or one begins the other.
fn clash(one: &[Key], other: &[Key]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// A context's own bindings, then those of outer ones that they do not hide and that mean something there.
fn resolve(context: Context, own: &[Binding]) -> Vec<Binding> {
    let mut resolved: Vec<Binding> = Vec::new();
    for layer in context.chain() {
        let hidden = resolved.clone();
        let visible = own.iter().filter(|binding| {
            binding.context == *layer
                && binding.action.is_none_or(|action| action.works_in(context))
                && !hidden.iter().any(|inner| clash(&inner.keys, &binding.keys))
        });
        resolved.extend(visible.cloned());
    }
    resolved.retain(|binding| binding.action.is_some());
    resolved
}

#[cfg(test)]
mod tests;
