//! `doctor`: looks at everything aside needs, and says of each whether it is well and what to do if not.

use super::{caller::Caller, exit::Verdict, print};
use crate::{client, daemon, holder::HolderProgram, screen::clean};
use std::{
    env, fs,
    io::{self, IsTerminal},
    path::Path,
};

/// Check that everything aside needs is there
#[derive(clap::Args)]
pub(super) struct Doctor {}

/// What was found of one thing.
enum Finding {
    Well(String),
    /// It works, but the user should know.
    Note(String),
    Broken(String),
}

use Finding::{Broken, Note, Well};

impl Doctor {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let mut findings = vec![
            ("directories", directories(caller)),
            ("server", server(caller)),
            ("holder", holder()),
            ("terminal", terminal()),
        ];
        findings.extend(configuration(caller).into_iter().map(|finding| ("configuration", finding)));
        findings.extend(nesting().map(|finding| ("multiplexer", finding)));
        findings.extend(logout().map(|finding| ("logout", finding)));
        let broken = findings.iter().any(|(_, finding)| matches!(finding, Broken(_)));
        let line = |(what, finding): &(&str, Finding)| {
            let (word, text) = match finding {
                Well(text) => ("ok", text),
                Note(text) => ("note", text),
                Broken(text) => ("broken", text),
            };
            format!("{word:<6}  {what:<13}  {}\n", clean(text, 1000))
        };
        print::text(&findings.iter().map(line).collect::<String>())?;
        Ok(u8::from(broken))
    }
}

fn directories(caller: &Caller) -> Finding {
    let paths = &caller.paths;
    match paths.ensure() {
        Ok(()) => Well(format!("tasks in {}, sockets in {}", paths.state.display(), paths.runtime.display())),
        Err(error) => Broken(error.to_string()),
    }
}

fn server(caller: &Caller) -> Finding {
    match caller.running() {
        Ok(Some(server)) if server.program == env!("CARGO_PKG_VERSION") => {
            Well(format!("pid {}, version {}", server.pid, server.program))
        }
        Ok(Some(server)) => Note(format!(
            "pid {} is of version {}, this is {}; aside server stop ends it, its tasks run on",
            server.pid,
            clean(&server.program, 40),
            env!("CARGO_PKG_VERSION")
        )),
        Ok(None) => Well("none runs; it is started on demand".to_owned()),
        Err(error) => Broken(format!("{error:#}")),
    }
}

fn holder() -> Finding {
    match HolderProgram::find() {
        Err(error) => Broken(format!("no program to hold tasks: {error}")),
        Ok(program) if program.is_aside() => Note(
            "no aside-holder beside aside, so each task takes more memory; cargo install --path . installs both".into(),
        ),
        Ok(_) => Well("aside-holder stands beside aside".into()),
    }
}

fn terminal() -> Finding {
    let variable = env::var("TERM").ok();
    let streams = client::Streams { input: io::stdin().is_terminal(), output: io::stdout().is_terminal() };
    match client::check_terminal(streams, variable.as_deref()) {
        Ok(()) => Well(format!("TERM is {}", variable.unwrap_or_default())),
        Err(error) => Note(error.to_string()),
    }
}

fn configuration(caller: &Caller) -> Vec<Finding> {
    let config = &caller.paths.config;
    let problems = daemon::read_settings(&caller.paths).problems;
    if problems.is_empty() {
        return vec![Well(format!("{} (what is not there is by default)", config.display()))];
    }
    problems.into_iter().map(Broken).collect()
}

/// Others that take keys before we see them.
fn nesting() -> Option<Finding> {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let hint = "inside it, Ctrl+X Ctrl+B does what Ctrl+B does";
    if set("TMUX") {
        return Some(Note(format!("this is tmux, whose prefix is Ctrl+B unless changed; {hint}")));
    }
    if set("STY") {
        return Some(Note(format!("this is screen; {hint}")));
    }
    set("ZELLIJ").then(|| Note(format!("this is zellij; {hint}")))
}

/// Whether systemd ends what runs when the user logs out.
fn logout() -> Option<Finding> {
    if !Path::new("/run/systemd/system").is_dir() {
        return None;
    }
    let user = env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_default();
    let lingers = !user.is_empty() && Path::new("/var/lib/systemd/linger").join(&user).exists();
    Some(if lingers || !kills_user_processes() {
        Well("tasks run on".to_owned())
    } else {
        Note(format!(
            "systemd ends your tasks when you log out (KillUserProcesses); loginctl enable-linger {user} keeps them"
        ))
    })
}

/// As the files of logind say; its default is `no`.
fn kills_user_processes() -> bool {
    let mut files = vec![Path::new("/etc/systemd/logind.conf").to_owned()];
    for dir in ["/usr/lib/systemd/logind.conf.d", "/etc/systemd/logind.conf.d", "/run/systemd/logind.conf.d"]
    {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries.map(|entry| entry.path()).collect();
        found.sort();
        files.extend(found);
    }
    let texts: Vec<String> = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    says_to_kill(&texts)
}

/// The last word of several files on `KillUserProcesses`.
fn says_to_kill(texts: &[String]) -> bool {
    let mut lines = texts.iter().rev().flat_map(|text| text.lines().rev());
    let value = lines.find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "KillUserProcesses").then(|| value.trim().to_ascii_lowercase())
    });
    value.is_some_and(|value| matches!(value.as_str(), "yes" | "true" | "on" | "1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_file_decides_whether_processes_are_killed_at_logout() {
        let check =
            |texts: &[&str]| says_to_kill(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert!(!check(&["[Login]\n#KillUserProcesses=yes\n"]));
        assert!(check(&["[Login]\nKillUserProcesses = yes\n"]));
        assert!(!check(&["KillUserProcesses=yes", "KillUserProcesses=no"]));
    }
}
