//! What a word at the prompt may go on to: commands of the search path, paths, git branches. Only looks; bounded.

use crate::{
    limits::CANDIDATES_MAX,
    log::Octets,
    prompt::{Candidate, Word},
    protocol::client::Place,
};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// Words every shell has besides programs.
const BUILTINS: [&str; 20] = [
    "alias", "bg", "cd", "command", "echo", "eval", "exec", "exit", "export", "fg", "jobs", "kill", "printf",
    "pwd", "read", "set", "source", "test", "umask", "unset",
];

/// Commands of git whose arguments are branches before they are paths.
const GIT_BRANCHES: [&str; 10] =
    ["branch", "checkout", "cherry-pick", "diff", "log", "merge", "push", "rebase", "reset", "switch"];

/// What the word may be, in order, each once.
pub(super) fn candidates(word: &Word, place: &Place) -> Vec<Candidate> {
    let cwd = PathBuf::from(Octets(place.cwd.to_vec()).as_os_str());
    let mut found = BTreeSet::new();
    if word.is_command() && !word.text.contains('/') {
        commands(word, place, &mut found);
    }
    if let Some(("git", rest)) =
        word.command().map(|command| (command, word.before.get(1..).unwrap_or_default()))
        && rest.first().is_some_and(|verb| GIT_BRANCHES.contains(&verb.as_str()))
    {
        branches(&cwd, &word.text, &mut found);
    }
    if found.is_empty() {
        paths(word, &cwd, place, &mut found);
    }
    let candidate = |(text, shown, goes_on)| Candidate { text, shown, goes_on };
    found.into_iter().take(CANDIDATES_MAX).map(candidate).collect()
}

type Found = BTreeSet<(String, String, bool)>;

fn commands(word: &Word, place: &Place, found: &mut Found) {
    let mut keep = |name: &str| {
        if name.starts_with(&word.text) {
            found.insert((name.to_owned(), name.to_owned(), false));
        }
    };
    BUILTINS.iter().for_each(|name| keep(name));
    let path = variable(place, b"PATH").unwrap_or_default();
    for dir in path.split(|byte| *byte == b':').filter(|dir| !dir.is_empty()) {
        let dir = Octets(dir.to_vec());
        for entry in fs::read_dir(dir.as_os_str()).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let runs = || {
                fs::metadata(entry.path())
                    .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
            };
            if name.starts_with(&word.text) && runs() {
                keep(&name);
            }
        }
    }
}

fn paths(word: &Word, cwd: &Path, place: &Place, found: &mut Found) {
    let (dir, start) = word
        .text
        .rsplit_once('/')
        .map_or(("", word.text.as_str()), |(dir, start)| (word.text.get(..=dir.len()).unwrap_or(dir), start));
    let home = variable(place, b"HOME").map(|home| PathBuf::from(Octets(home.to_vec()).as_os_str()));
    let looked_in = match (dir.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => cwd.join(dir),
    };
    let only_directories = matches!(word.command(), Some("cd" | "rmdir" | "pushd"));
    for entry in fs::read_dir(looked_in).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !name.starts_with(start) || (name.starts_with('.') && !start.starts_with('.')) {
            continue;
        }
        let is_dir = fs::metadata(entry.path()).is_ok_and(|file| file.is_dir());
        if only_directories && !is_dir {
            continue;
        }
        let end = if is_dir { "/" } else { "" };
        found.insert((format!("{dir}{name}{end}"), format!("{name}{end}"), is_dir));
    }
}

/// Branches of the repository a directory is in, as its files name them: no program is run.
fn branches(cwd: &Path, start: &str, found: &mut Found) {
    let Some(git) = cwd.ancestors().map(|dir| dir.join(".git")).find(|git| git.is_dir()) else { return };
    let mut keep = |name: &str| {
        if name.starts_with(start) {
            found.insert((name.to_owned(), name.to_owned(), false));
        }
    };
    let heads = git.join("refs/heads");
    let mut dirs = vec![heads.clone()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.strip_prefix(&heads).ok().and_then(Path::to_str) {
                _ if path.is_dir() => dirs.push(path),
                Some(name) => keep(name),
                None => {}
            }
        }
    }
    let packed = fs::read_to_string(git.join("packed-refs")).unwrap_or_default();
    packed.lines().filter_map(|line| line.split_once(" refs/heads/")).for_each(|(_, name)| keep(name));
}

fn variable<'a>(place: &'a Place, name: &[u8]) -> Option<&'a [u8]> {
    let value = |entry: &'a serde_bytes::ByteBuf| entry.strip_prefix(name)?.strip_prefix(b"=");
    place.environment.iter().find_map(value).filter(|value| !value.is_empty())
}
