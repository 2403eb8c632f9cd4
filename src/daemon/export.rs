//! Writes transcripts to files, each on a thread of its own: one of gigabytes takes seconds. Never overwrites.

use crate::{
    server::{Aim, Event, Export, Exported, Reader},
    store::{Lines, Paths},
    transcript::Dress,
};
use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use tokio::sync::mpsc;

/// Files of one task open in other programs at once.
const OPEN_MAX: u32 = 64;

/// Begins to write; what came of it is an event.
pub(super) fn begin(paths: &Paths, export: Export, events: mpsc::Sender<Event>) {
    let dir = paths.task(export.task);
    let work = export.clone();
    tokio::spawn(async move {
        let written = tokio::task::spawn_blocking(move || write(&dir, &work)).await;
        let result = written.unwrap_or_else(|error| Err(format!("cannot write: {error}")));
        // The server may be ending.
        let _ending = events.send(Event::Exported(export, result)).await;
    });
}

fn write(dir: &Path, export: &Export) -> Result<Exported, String> {
    let (mut file, path) = match &export.aim {
        Aim::Keep(path) => (create(path, 0o666).map_err(|error| told(path, &error))?, path.clone()),
        Aim::Open(..) => nameless(dir).map_err(|error| told(dir, &error))?,
    };
    let dress = match &export.aim {
        Aim::Open(Reader::Pager, _) => Dress::Ansi,
        Aim::Open(Reader::Editor, _) | Aim::Keep(_) => Dress::Plain,
    };
    match fill(dir, export, dress, &mut file) {
        Ok((lines, bytes)) => Ok(Exported { path, lines, bytes }),
        Err(error) => {
            // Half of it is of no use, and the reason is told.
            let _half = std::fs::remove_file(&path);
            Err(told(&path, &error))
        }
    }
}

/// Lines and bytes written.
fn fill(dir: &Path, export: &Export, dress: Dress, file: &mut File) -> io::Result<(u64, u64)> {
    let mut lines = Lines::of(dir)?;
    // up to where the log ends now, however fast it grows
    lines.advance(u64::MAX)?;
    lines.finish();
    let total = lines.transcript().line_count();
    let wanted = export.lines.start.min(total)..export.lines.end.min(total);
    lines.transcript().export(wanted.clone(), dress, lines.log(), file)?;
    file.flush()?;
    Ok((wanted.end.saturating_sub(wanted.start), file.metadata()?.len()))
}

fn create(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// A file for a program to show, removed with the task if not before.
fn nameless(dir: &Path) -> io::Result<(File, PathBuf)> {
    for number in 1..=OPEN_MAX {
        let path = dir.join(format!("output-{number}.txt"));
        match create(&path, 0o600) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("{OPEN_MAX} programs show it already")))
}

fn told(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{path} exists already; nothing was saved"),
        _ => format!("cannot write {path}: {error}"),
    }
}
