//! A task's output as a file: saved where the user said, or shown by the user's editor or pager, which runs as a
//! task in the foreground as every program does. Never writes: the driver does, on a thread of its own.

use super::{Aim, ClientId, Effect, Export, Exported, Now, Reader, Server, shell};
use crate::{
    log::Octets,
    protocol::client::Place,
    session::Refusal,
    task::{TaskId, text},
    viewer::Intent,
};
use std::{
    ffi::OsStr,
    ops::Range,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

/// Runs `$VISUAL` or `$EDITOR`, which may have arguments, on a file that is gone afterwards. Those that know `+LINE`
/// begin at the line that was looked at.
const EDITOR: &str = r#"file=$1; program=${VISUAL:-${EDITOR:-vi}}; name=${program%% *}; name=${name##*/}
case $name in vi|vim|nvim|view|nano|emacs|emacsclient|micro|kak|joe|mg|ne) at=+$2;; *) at=;; esac
eval "$program \${at:+\"\$at\"} \"\$file\""; status=$?; rm -f -- "$file"; exit $status"#;

/// The same with `$PAGER`; less, if nothing else is said, shows the colours.
const PAGER: &str = r#"file=$1; program=${PAGER:-less}; name=${program%% *}; name=${name##*/}
LESS=${LESS--R}; export LESS
case $name in less|more|most) at=+$2;; *) at=;; esac
eval "$program \${at:+\"\$at\"} \"\$file\""; status=$?; rm -f -- "$file"; exit $status"#;

impl Reader {
    const fn script(self) -> &'static str {
        match self {
            Self::Editor => EDITOR,
            Self::Pager => PAGER,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Pager => "pager",
        }
    }
}

impl Server {
    /// Has a transcript written, to be kept or shown.
    pub(super) fn export(
        &mut self,
        client: ClientId,
        intent: Intent,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        match intent {
            Intent::Save { task, lines, path } => self.save(client, task, lines, &path, effects)?,
            Intent::Open { task, line, reader } => self.open_with(client, task, line, reader, effects),
            _ => {}
        }
        Ok(())
    }

    /// Has lines written to where the user said.
    fn save(
        &mut self,
        client: ClientId,
        task: TaskId,
        lines: Range<u64>,
        path: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let place = self.session.place().cloned().unwrap_or_default();
        let path = resolved(path, &place)
            .ok_or_else(|| Refusal(format!("{path} is no file to write to; nothing was saved")))?;
        effects.push(Effect::Export(Export { client, task, lines, aim: Aim::Keep(path) }));
        Ok(())
    }

    /// Has all of a transcript written, to be shown by a program.
    fn open_with(
        &mut self,
        client: ClientId,
        task: TaskId,
        line: u64,
        reader: Reader,
        effects: &mut Vec<Effect>,
    ) {
        self.tell(client, format!("opening the {}…", reader.name()));
        effects.push(Effect::Export(Export {
            client,
            task,
            lines: 0..u64::MAX,
            aim: Aim::Open(reader, line),
        }));
    }

    /// A file was written: the user is told, or its program started.
    pub(super) fn exported(
        &mut self,
        now: Now,
        export: Export,
        result: Result<Exported, String>,
        effects: &mut Vec<Effect>,
    ) {
        let done = match result {
            Ok(done) => done,
            Err(reason) => return self.tell(export.client, reason),
        };
        match export.aim {
            Aim::Keep(path) => {
                let (lines, bytes) = (text::plural(done.lines, "line"), text::bytes(done.bytes));
                self.tell(export.client, format!("saved {lines} ({bytes}) to {}", path.display()));
            }
            Aim::Open(reader, line) => self.show(now, &export, reader, (&done.path, line), effects),
        }
    }

    fn show(
        &mut self,
        now: Now,
        export: &Export,
        reader: Reader,
        (path, line): (&Path, u64),
        effects: &mut Vec<Effect>,
    ) {
        let place = self.session.place().cloned().unwrap_or_default();
        let argv = ["/bin/sh", "-c", reader.script(), "aside"].map(Octets::from);
        let mut argv = argv.to_vec();
        argv.extend([Octets(path.as_os_str().as_bytes().to_vec()), Octets::from((line + 1).to_string())]);
        let command = format!("{}: output of task {}", reader.name(), export.task);
        let id = self.order(now, export.client, argv, command, place, None, effects);
        if let Some((viewer, _)) = self.viewers.get_mut(&export.client) {
            viewer.message = None;
            viewer.leave_for(id);
        }
    }

    /// Whoever left a view for a task that is over is back in it.
    pub(super) fn come_back(&mut self, ended: TaskId) {
        for (viewer, _) in self.viewers.values_mut() {
            viewer.come_back(ended);
        }
    }
}

/// A path as the user typed it, in the directory of the prompt; none if it cannot be a file's.
fn resolved(typed: &str, place: &Place) -> Option<PathBuf> {
    let typed = typed.trim();
    let path = match typed.strip_prefix("~/") {
        Some(rest) => PathBuf::from(shell::variable(place, "HOME")?).join(rest),
        None => Path::new(OsStr::from_bytes(&place.cwd)).join(typed),
    };
    let is_file = !typed.is_empty() && !typed.ends_with('/') && path.file_name().is_some();
    (is_file && path.is_absolute()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_bytes::ByteBuf;

    #[test]
    fn a_path_is_meant_from_the_prompts_directory_or_home() {
        let place =
            Place { cwd: ByteBuf::from(b"/w"), environment: vec![ByteBuf::from(b"HOME=/h")], umask: 0o022 };
        for (typed, path) in [
            ("a.txt", Some("/w/a.txt")),
            (" b/c ", Some("/w/b/c")),
            ("/t/x", Some("/t/x")),
            ("~/x", Some("/h/x")),
            ("", None),
            ("d/", None),
            ("..", None),
        ] {
            assert_eq!(resolved(typed, &place).as_deref(), path.map(Path::new), "{typed}");
        }
        assert_eq!(resolved("a", &Place::default()), None, "no directory is known");
    }
}
