//! Commands of aside itself: `/tasks`, `/fg 3`. Never does them.

use crate::{nearest::suggestion, task::TaskId};

/// A command of aside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `/tasks`, `/bashes`: the list, or the details of the only one running.
    Tasks,
    /// `/fg [N]`: to the foreground; without a number, the last one that left it.
    Foreground(Option<TaskId>),
    /// `/bg [N]`: to the background, and go on if it is paused; without a number, the active one.
    Background(Option<TaskId>),
    /// `/output [N]`: review; without a number, the newest.
    Output(Option<TaskId>),
    /// `/stop N…`; never empty.
    Stop(Vec<TaskId>),
    /// `/rerun N`.
    Rerun(TaskId),
    /// `/rename N name`.
    Rename(TaskId, String),
    /// `/split`
    Split,
    /// `/agents`: agent profiles.
    Agents,
    /// `/help`.
    Help,
    /// `/keys`.
    Keys,
    /// `/detach`.
    Detach,
    /// `/quit`.
    Quit,
}

/// A command as help and completion show it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Described {
    /// Without its slash.
    pub word: &'static str,
    /// Another word for it.
    pub alias: Option<&'static str>,
    /// What follows it, in brackets where it may be left out.
    pub argument: &'static str,
    /// One line.
    pub doc: &'static str,
}

const fn row(word: &'static str, argument: &'static str, doc: &'static str) -> Described {
    Described { word, alias: None, argument, doc }
}

/// Every command, in the order of help.
pub const COMMANDS: [Described; 13] = [
    Described { alias: Some("bashes"), ..row("tasks", "", "list the tasks") },
    row("fg", "[N]", "bring a task to the foreground"),
    row("bg", "[N]", "send a task to the background; a paused one goes on"),
    row("output", "[N]", "review everything a task printed"),
    row("stop", "N…", "stop tasks"),
    row("rerun", "N", "run a task's command again, as a new task"),
    row("rename", "N NAME", "give a task a name"),
    row("split", "", "an interactive shell in a pane beside"),
    row("agents", "", "list the agents: found, version, permissions"),
    row("help", "", "what can be done here"),
    row("keys", "", "list what is bound"),
    row("detach", "", "leave; every task keeps running"),
    row("quit", "", "leave; asks what to do with running tasks"),
];

/// Reads `word` and what follows it, the slash already gone.
///
/// # Errors
/// A sentence for the user, naming what is wrong and what would be right.
pub(super) fn parse(word: &str, rest: &str) -> Result<Command, String> {
    let rest = rest.trim();
    let ids = Ids { word, rest };
    match word {
        "tasks" | "bashes" => ids.none(Command::Tasks),
        "fg" => ids.at_most_one().map(Command::Foreground),
        "bg" => ids.at_most_one().map(Command::Background),
        "output" => ids.at_most_one().map(Command::Output),
        "stop" => ids.at_least_one().map(Command::Stop),
        "rerun" => ids.one().map(Command::Rerun),
        "rename" => rename(rest),
        "split" => ids.none(Command::Split),
        "agents" => ids.none(Command::Agents),
        "help" => ids.none(Command::Help),
        "keys" => ids.none(Command::Keys),
        "detach" => ids.none(Command::Detach),
        "quit" => ids.none(Command::Quit),
        _ => Err(unknown(word)),
    }
}

/// Whether `word` is one of ours.
pub(super) fn is_known(word: &str) -> bool {
    words().any(|known| known == word)
}

fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().flat_map(|row| [Some(row.word), row.alias]).flatten()
}

fn unknown(word: &str) -> String {
    match suggestion(word, words()).as_str() {
        "" => format!("unknown command /{word}, /help lists them"),
        near => format!("unknown command /{word}{}", near.replace("mean ", "mean /")),
    }
}

fn rename(rest: &str) -> Result<Command, String> {
    let (id, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match (id, name.trim()) {
        ("", _) => Err("/rename takes the number of a task and a name".to_owned()),
        (_, "") => Err(format!("/rename {id} takes a name too")),
        (id, name) => Ok(Command::Rename(task_id("rename", id)?, name.to_owned())),
    }
}

fn task_id(word: &str, written: &str) -> Result<TaskId, String> {
    // %3 is what job control taught people to write, #3 is how issues are numbered
    let digits = written.strip_prefix(['%', '#']).unwrap_or(written);
    digits.parse().map_err(|_| format!("/{word} takes the number of a task, not {written}"))
}

/// The arguments of a command that are numbers of tasks.
struct Ids<'a> {
    word: &'a str,
    rest: &'a str,
}

impl Ids<'_> {
    fn all(&self) -> Result<Vec<TaskId>, String> {
        self.rest.split_whitespace().map(|written| task_id(self.word, written)).collect()
    }

    fn none(&self, command: Command) -> Result<Command, String> {
        if self.rest.is_empty() { Ok(command) } else { Err(format!("/{} takes no argument", self.word)) }
    }

    fn at_most_one(&self) -> Result<Option<TaskId>, String> {
        match self.all()?.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            _ => Err(format!("/{} takes the number of one task", self.word)),
        }
    }

    fn one(&self) -> Result<TaskId, String> {
        self.at_most_one()?.ok_or_else(|| format!("/{} takes the number of a task", self.word))
    }

    fn at_least_one(&self) -> Result<Vec<TaskId>, String> {
        match self.all()? {
            ids if ids.is_empty() => Err(format!("/{} takes the number of a task", self.word)),
            ids => Ok(ids),
        }
    }
}
