//! Reads what the user configured and what was typed before. A file that is not there is no problem; one that
//! cannot be read or understood is named, and the defaults stay.

use crate::{
    config::{self, Config},
    keymap::{BUILT_IN, Keymap, Source, built_in},
    nearest::suggestion,
    protocol::client::Place,
    server::Settings,
    store::{self, Paths},
};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Bytes read of a file of the user's.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Configuration, keymap and history of a session.
pub fn read(paths: &Paths) -> Settings {
    let mut problems = vec![];
    let written = text(&paths.config.join("config.toml"), &mut problems);
    let config = match &written {
        Some(text) => {
            let (config, found) = config::parse("config.toml", text);
            problems.extend(found.iter().map(ToString::to_string));
            config
        }
        None => Config::default(),
    };
    let keymap = keymap(paths, written.as_deref(), &config, &mut problems);
    let history = text(&history_path(paths), &mut problems).unwrap_or_default();
    let exists = |path: &str| Path::new(path).exists();
    // With no path of our own only agents are not to be had.
    let program = std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    problems.extend(written.iter().flat_map(|text| crate::agent::load(text).1));
    let session = paths.session.clone();
    Settings { config, keymap, problems, session, exists, find_agent, program, history }
}

/// Whether an agent could be started from a place.
fn find_agent(name: &str, place: &Place) -> Result<(), String> {
    let paths = Paths::of("main").map_err(|error| error.to_string())?;
    let found = store::find_agent(&paths.config, name, &store::Whence::of(place));
    found.map(drop).map_err(|missing| missing.to_string())
}

/// The state of the files that [`read`] reads, to see whether they have changed.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Stamp(Vec<Option<(SystemTime, u64)>>);

impl Stamp {
    /// As they are now; `keymap` is the one selected.
    pub(super) fn now(paths: &Paths, keymap: &str) -> Self {
        let files = ["config.toml".to_owned(), format!("keymaps/{keymap}.toml")];
        let stamp = |file: &String| {
            let found = std::fs::metadata(paths.config.join(file)).ok()?;
            Some((found.modified().ok()?, found.len()))
        };
        Self(files.iter().map(stamp).collect())
    }
}

/// The keymap the configuration names: a built-in one, the user's file of that name, or this laid over that.
fn keymap(paths: &Paths, written: Option<&str>, config: &Config, problems: &mut Vec<String>) -> Keymap {
    let name = &config.keymap;
    let file = format!("keymaps/{name}.toml");
    let own = text(&paths.config.join(&file), problems);
    let built_in = built_in(name).filter(|_| name != "default");
    if own.is_none() && built_in.is_none() && name != "default" {
        problems.push(unknown_keymap(paths, written.unwrap_or_default(), name));
    }
    let shipped = format!("{file} (built in)");
    let shipped = built_in.map(|text| Source { file: &shipped, text });
    let own = own.as_deref().map(|text| Source { file: &file, text });
    let sources: Vec<Source<'_>> = shipped.into_iter().chain(own).collect();
    let (keymap, found) = Keymap::load(config.keys.leader, &sources);
    problems.extend(found.iter().map(ToString::to_string));
    keymap
}

/// Says where it is named, and the nearest one there is.
fn unknown_keymap(paths: &Paths, written: &str, name: &str) -> String {
    let line = written.lines().position(|line| line.trim_start().starts_with("keymap")).unwrap_or(0) + 1;
    let files = std::fs::read_dir(paths.config.join("keymaps")).into_iter().flatten().flatten();
    let own: Vec<String> = files.filter_map(|file| file.file_name().into_string().ok()).collect();
    let own = own.iter().filter_map(|file| file.strip_suffix(".toml"));
    let near = suggestion(name, BUILT_IN.iter().map(|(name, _)| *name).chain(own));
    format!("config.toml:{line}: there is no keymap {name}{near} (neither built in nor keymaps/{name}.toml)")
}

/// The text of a file; `None` when there is none, or it cannot be read, which is a problem.
fn text(path: &Path, problems: &mut Vec<String>) -> Option<String> {
    let read = || {
        let mut bytes = vec![];
        File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    match read() {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            problems.push(format!("cannot read {}: {error}", path.display()));
            None
        }
    }
}

fn history_path(paths: &Paths) -> PathBuf {
    paths.state.join("history")
}

/// Appends an entry, already encoded, to the history.
pub(super) fn append_history(paths: &Paths, entry: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.append(true).create(true).mode(0o600).open(history_path(paths))?;
    file.write_all(entry.as_bytes())
}
