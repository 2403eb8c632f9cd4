//! `config.toml` as a [`Config`] and problems. Never stops at a problem, but at a file that is no TOML.

use super::{Config, Policy, Problem, Problems, unit};
use crate::{
    key::{Key, UnknownKey},
    nearest::suggestion,
};
use toml::de::{DeTable, DeValue};

/// A key of the file: its table (empty at the top), its name, and how its value is taken over.
struct Entry {
    table: &'static str,
    name: &'static str,
    take: fn(&mut Config, &DeValue<'_>) -> Result<(), Wrong>,
}

/// Why a value is not taken over.
struct Wrong {
    /// What it must be.
    expected: &'static str,
    /// `, did you mean X?`, or nothing.
    suggestion: String,
}

impl From<&'static str> for Wrong {
    fn from(expected: &'static str) -> Self {
        Self { expected, suggestion: String::new() }
    }
}

const ENTRIES: [Entry; 8] = [
    Entry { table: "", name: "keymap", take: keymap },
    Entry { table: "background", name: "after", take: after },
    Entry { table: "prompt", name: "default", take: default },
    Entry { table: "prompt", name: "init", take: init },
    Entry { table: "log", name: "cap", take: cap },
    Entry { table: "log", name: "policy", take: policy },
    Entry { table: "keys", name: "leader", take: leader },
    Entry { table: "keys", name: "passthrough", take: passthrough },
];

/// The configuration in a file's text; `file` is how the file is named in problems.
pub fn parse(file: &str, text: &str) -> (Config, Vec<Problem>) {
    let mut config = Config::default();
    let mut problems = Problems::new(file, text);
    match DeTable::parse(text) {
        Ok(root) => walk("", root.get_ref(), &mut config, &mut problems),
        Err(error) => problems.syntax(&error),
    }
    (config, problems.into_found())
}

fn walk(table: &'static str, found: &DeTable<'_>, config: &mut Config, problems: &mut Problems<'_>) {
    for (written, value) in found {
        let name = written.get_ref().as_ref();
        let entry = ENTRIES.iter().find(|entry| entry.table == table && entry.name == name);
        let inner = ENTRIES.iter().map(|entry| entry.table).find(|inner| table.is_empty() && *inner == name);
        match (entry, inner, value.get_ref()) {
            (Some(entry), _, value_found) => {
                if let Err(Wrong { expected, suggestion }) = (entry.take)(config, value_found) {
                    let shown = problems.quote(value.span());
                    let message = format!("{name} must be {expected}, not {shown}{suggestion}");
                    problems.line(value.span(), message);
                }
            }
            (None, Some(inner), DeValue::Table(found)) => walk(inner, found, config, problems),
            (None, Some(inner), _) => {
                problems.line(written.span(), format!("{inner} must be a table: [{inner}]"));
            }
            // profiles are read by `agent`, which tells of their slips itself
            (None, None, _) if table.is_empty() && name == "agent" => {}
            (None, None, _) => problems.line(written.span(), unknown(table, name)),
        }
    }
}

/// Names the key, and the nearest one that would be right there, or the table it belongs in.
fn unknown(table: &str, name: &str) -> String {
    let here = ENTRIES.iter().filter(|entry| entry.table == table).map(|entry| entry.name);
    let tables =
        ENTRIES.iter().map(|entry| entry.table).filter(|inner| table.is_empty() && !inner.is_empty());
    let near = suggestion(name, here.chain(tables));
    let elsewhere = ENTRIES.iter().find(|entry| entry.name == name);
    match (near.is_empty(), elsewhere) {
        (true, Some(entry)) if entry.table.is_empty() => {
            format!("unknown key {name}, it belongs at the top of the file")
        }
        (true, Some(entry)) => format!("unknown key {name}, it belongs in [{}]", entry.table),
        _ => format!("unknown key {name}{near}"),
    }
}

/// A string that can be a name of a file or profile.
fn name_of(value: &DeValue<'_>) -> Option<String> {
    let name = value.as_str()?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
}

fn keymap(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    config.keymap = name_of(value).ok_or("the name of a keymap, such as \"default\"")?;
    Ok(())
}

fn after(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    let number = value.as_integer().map(|number| number.as_str());
    let after = value.as_str().or(number).and_then(unit::duration);
    let after = after.ok_or("a duration such as \"120s\", \"2m\" or \"500ms\", or 0 for never")?;
    config.background.after = Some(after).filter(|after| !after.is_zero());
    Ok(())
}

fn default(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    config.prompt.default = name_of(value).ok_or("\"shell\" or the name of an agent profile")?;
    Ok(())
}

fn init(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    let path = value.as_str().filter(|path| !path.is_empty()).ok_or("the path of a file to source")?;
    config.prompt.init = Some(path.to_owned());
    Ok(())
}

fn cap(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    let written = value.as_str().unwrap_or_default();
    config.log.cap = match (written, unit::size(written)) {
        ("unlimited", _) => None,
        (_, Some(bytes)) if bytes > 0 => Some(bytes),
        _ => return Err("a size such as \"1GiB\" or \"100MB\", or \"unlimited\"".into()),
    };
    Ok(())
}

fn policy(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    const POLICIES: [(&str, Policy); 2] = [("drop-oldest", Policy::DropOldest), ("pause", Policy::Pause)];
    let written = value.as_str().unwrap_or_default();
    let (_, policy) = POLICIES.into_iter().find(|(name, _)| *name == written).ok_or_else(|| Wrong {
        expected: "\"drop-oldest\" or \"pause\"",
        suggestion: suggestion(written, POLICIES.map(|(name, _)| name)),
    })?;
    config.log.policy = policy;
    Ok(())
}

fn leader(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    let expected = "a key such as \"ctrl-space\" or \"ctrl-a\"";
    let key: Key = value.as_str().ok_or(expected)?.parse().map_err(|unknown: UnknownKey| Wrong {
        expected,
        suggestion: unknown.suggestion.map(|key| format!(", did you mean {key}?")).unwrap_or_default(),
    })?;
    if key.text().is_some() {
        return Err("a key that types no text, such as \"ctrl-space\"".into());
    }
    config.keys.leader = Some(key);
    Ok(())
}

fn passthrough(config: &mut Config, value: &DeValue<'_>) -> Result<(), Wrong> {
    let expected = "a list of programs, such as [\"emacs\", \"tmux\"]";
    let array = value.as_array().ok_or(expected)?;
    let programs: Option<Vec<String>> =
        array.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
    config.keys.passthrough = programs.ok_or(expected)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn problems(text: &str) -> Vec<String> {
        parse("config.toml", text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn everything_that_can_be_configured_is_read() {
        let (config, problems) = parse(
            "config.toml",
            r#"
            keymap = "tmux"
            [background]
            after = "2m"
            [prompt]
            default = "claude"
            init = "~/.asiderc"
            [log]
            cap = "64MiB"
            policy = "pause"
            [keys]
            leader = "ctrl-a"
            passthrough = ["emacs", "tmux"]
            "#,
        );
        assert_eq!(problems, []);
        assert_eq!(config.keymap, "tmux");
        assert_eq!(config.background.after, Some(Duration::from_secs(120)));
        assert_eq!(config.prompt.default, "claude");
        assert_eq!(config.prompt.init.as_deref(), Some("~/.asiderc"));
        assert_eq!((config.log.cap, config.log.policy), (Some(64 << 20), Policy::Pause));
        assert_eq!(config.keys.leader.map(|key| key.to_string()).as_deref(), Some("ctrl-a"));
        assert_eq!(config.keys.passthrough, ["emacs", "tmux"]);
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        assert_eq!(parse("config.toml", ""), (Config::default(), Vec::new()));
        assert_eq!(parse("config.toml", "[background]\nafter = 0").0.background.after, None);
        assert_eq!(parse("config.toml", "[background]\nafter = \"0\"").0.background.after, None);
        assert_eq!(parse("config.toml", "[log]\ncap = \"unlimited\"").0.log.cap, None);
        assert_eq!(parse("config.toml", "background.after = \"5s\"").1, Vec::new());
    }

    #[test]
    fn a_wrong_line_is_named_with_what_would_be_right() {
        for (text, problem) in [
            ("[background]\naftr = \"2m\"", "config.toml:2: unknown key aftr, did you mean after?"),
            ("keymp = \"x\"", "config.toml:1: unknown key keymp, did you mean keymap?"),
            ("[backgroud]\nafter = \"2m\"", "config.toml:1: unknown key backgroud, did you mean background?"),
            ("after = \"2m\"", "config.toml:1: unknown key after, it belongs in [background]"),
            ("[log]\nkeymap = \"x\"", "config.toml:2: unknown key keymap, it belongs at the top of the file"),
            ("xyzzy = 1", "config.toml:1: unknown key xyzzy"),
            (
                "[background]\nafter = \"soon\"",
                "config.toml:2: after must be a duration such as \"120s\", \"2m\" or \"500ms\", or 0 for never, not \"soon\"",
            ),
            (
                "[background]\nafter = 120",
                "config.toml:2: after must be a duration such as \"120s\", \"2m\" or \"500ms\", or 0 for never, not 120",
            ),
            (
                "[log]\ncap = \"1G\"",
                "config.toml:2: cap must be a size such as \"1GiB\" or \"100MB\", or \"unlimited\", not \"1G\"",
            ),
            (
                "[log]\n\npolicy = \"puase\"",
                "config.toml:3: policy must be \"drop-oldest\" or \"pause\", not \"puase\", did you mean pause?",
            ),
            (
                "[keys]\nleader = \"x\"",
                "config.toml:2: leader must be a key that types no text, such as \"ctrl-space\", not \"x\"",
            ),
            (
                "[keys]\nleader = \"ctrl-spce\"",
                "config.toml:2: leader must be a key such as \"ctrl-space\" or \"ctrl-a\", not \"ctrl-spce\", did you mean ctrl-space?",
            ),
            (
                "[keys]\npassthrough = \"vim\"",
                "config.toml:2: passthrough must be a list of programs, such as [\"emacs\", \"tmux\"], not \"vim\"",
            ),
            ("log = 3", "config.toml:1: log must be a table: [log]"),
            (
                "keymap = \"../x\"",
                "config.toml:1: keymap must be the name of a keymap, such as \"default\", not \"../x\"",
            ),
        ] {
            assert_eq!(problems(text), [problem], "{text}");
        }
    }

    #[test]
    fn a_wrong_line_leaves_the_others_in_force() {
        let (config, problems) = parse("config.toml", "[log]\ncap = \"1MB\"\ncup = 3\npolicy = 4");
        assert_eq!(config.log.cap, Some(1_000_000));
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn a_file_that_is_no_toml_is_named_with_its_line() {
        let (config, problems) = parse("config.toml", "keymap = \"default\"\n[log\ncap = \"1GiB\"");
        assert_eq!(config, Config::default());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().starts_with("config.toml:2:"), "{}", problems[0]);
    }
}
