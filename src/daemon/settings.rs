//! Reads what the user configured and what was typed before. A file that is not there is no problem; one that
//! cannot be read or understood is named, and the defaults stay.

use crate::{
    config::{self, Config},
    keymap::{Keymap, Source, built_in},
    server::Settings,
    store::Paths,
};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Bytes read of a file of the user's.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Configuration, keymap and history of a session.
pub fn read(paths: &Paths) -> Settings {
    let mut problems = vec![];
    let config = match text(&paths.config.join("config.toml"), &mut problems) {
        Some(text) => {
            let (config, found) = config::parse("config.toml", &text);
            problems.extend(found.iter().map(ToString::to_string));
            config
        }
        None => Config::default(),
    };
    let keymap = keymap(paths, &config, &mut problems);
    let history = text(&history_path(paths), &mut problems).unwrap_or_default();
    let exists = |path: &str| Path::new(path).exists();
    Settings { config, keymap, problems, session: paths.session.clone(), exists, history }
}

fn keymap(paths: &Paths, config: &Config, problems: &mut Vec<String>) -> Keymap {
    let name = &config.keymap;
    let file = format!("keymaps/{name}.toml");
    let own = text(&paths.config.join(&file), problems);
    if own.is_none() && built_in(name).is_none() {
        problems.push(format!("config.toml: there is no keymap {name}: neither built in nor {file}"));
    }
    let sources: Vec<Source<'_>> = own.iter().map(|text| Source { file: &file, text }).collect();
    let (keymap, found) = Keymap::load(config.keys.leader, &sources);
    problems.extend(found.iter().map(ToString::to_string));
    keymap
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
