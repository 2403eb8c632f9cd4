//! The environment a task gets: the requesting client's, without what belongs to the outer terminal, to
//! service managers or to us, and with what a program needs to know of its new terminal (reliability.md §5).

use crate::{log::Octets, protocol::client::Place, task::TaskId};

/// Variables that are never passed on; a final `*` stands for any ending.
const REMOVED: &[&str] = &[
    "NOTIFY_SOCKET",
    "LISTEN_*",
    "WATCHDOG_*",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "SYSTEMD_EXEC_PID",
    "TMUX",
    "TMUX_*",
    "STY",
    "WINDOW",
    "ZELLIJ",
    "ZELLIJ_*",
    "KITTY_*",
    "WEZTERM_*",
    "TERM_PROGRAM",
    "TERM_PROGRAM_*",
    "WINDOWID",
    "VTE_VERSION",
    "COLUMNS",
    "LINES",
    "ASIDE_TASK",
    "ASIDE_SESSION",
    "ASIDE_CARRY",
    "TERM",
    "COLORTERM",
];

/// What the program of a task inherits.
pub(super) fn of_task(place: &Place, id: TaskId, session: &str) -> Vec<Octets> {
    let inherited = place.environment.iter().filter(|entry| !removed(name(entry)));
    let mut environment: Vec<Octets> = inherited.map(|entry| Octets(entry.to_vec())).collect();
    let version = concat!("TERM_PROGRAM_VERSION=", env!("CARGO_PKG_VERSION"));
    for own in ["TERM=xterm-256color", "COLORTERM=truecolor", "TERM_PROGRAM=aside", version] {
        environment.push(Octets::from(own));
    }
    environment.push(Octets::from(format!("ASIDE_SESSION={session}")));
    environment.push(Octets::from(format!("ASIDE_TASK={id}")));
    environment
}

fn name(entry: &[u8]) -> &[u8] {
    entry.split(|&byte| byte == b'=').next().unwrap_or_default()
}

fn removed(name: &[u8]) -> bool {
    REMOVED.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start.as_bytes()),
        None => name == pattern.as_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_bytes::ByteBuf;

    #[test]
    fn a_task_is_not_told_of_the_outer_terminal() {
        let entries =
            ["PATH=/bin", "TMUX=/x,1,0", "KITTY_WINDOW_ID=1", "TERM=dumb", "LISTEN_FDS=3", "ASIDE_TASK=9"];
        let environment = entries.iter().map(|entry| ByteBuf::from(entry.as_bytes())).collect();
        let place = Place { environment, ..Place::default() };
        let got: Vec<String> = of_task(&place, TaskId(4), "main").iter().map(ToString::to_string).collect();
        let expected = ["PATH=/bin", "TERM=xterm-256color", "COLORTERM=truecolor", "TERM_PROGRAM=aside"];
        assert_eq!(got.get(..4).unwrap(), expected);
        assert_eq!(got.get(5..).unwrap(), ["ASIDE_SESSION=main", "ASIDE_TASK=4"]);
    }
}
