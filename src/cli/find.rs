//! Which task is meant: a number, or the exact name of only one. Never guesses.

use super::{caller::Caller, exit};
use crate::{
    nearest,
    protocol::client::{Request, Response, TaskInfo},
    screen::clean,
    task::TaskId,
};
use std::path::PathBuf;

/// The tasks meant, in the order given. A number need not exist: the server knows.
pub(super) fn tasks(caller: &Caller, words: &[String]) -> anyhow::Result<Vec<TaskId>> {
    let numbers: Result<Vec<TaskId>, _> = words.iter().map(|word| word.parse()).collect();
    if let Ok(numbers) = numbers {
        return Ok(numbers);
    }
    let known = all(caller)?;
    words.iter().map(|word| one_of(word, &known)).collect()
}

/// The task meant.
pub(super) fn task(caller: &Caller, word: &str) -> anyhow::Result<TaskId> {
    match word.parse() {
        Ok(number) => Ok(number),
        Err(_) => one_of(word, &all(caller)?),
    }
}

/// The task meant, and its directory, which exists.
pub(super) fn directory(caller: &Caller, word: &str) -> anyhow::Result<(TaskId, PathBuf)> {
    let id = task(caller, word)?;
    let dir = caller.paths.task(id);
    if dir.join("spec.json").exists() { Ok((id, dir)) } else { Err(none(id)) }
}

/// Every task of the session, by number.
pub(super) fn all(caller: &Caller) -> anyhow::Result<Vec<TaskInfo>> {
    match caller.ask(&Request::List)? {
        None => Ok(vec![]),
        Some(Response::Tasks(tasks)) => Ok(tasks),
        Some(other) => Err(surprise(&other)),
    }
}

/// There is no such task.
pub(super) fn none(id: TaskId) -> anyhow::Error {
    exit::wrong(format!("no task {id}; aside ls lists them"))
}

/// An answer that does not belong to its request.
pub(super) fn surprise(response: &Response) -> anyhow::Error {
    let kind = format!("{response:?}");
    let kind = kind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    anyhow::anyhow!("the server answers something else: {kind}")
}

/// The task meant by a word, among those known.
pub(super) fn one_of(word: &str, known: &[TaskInfo]) -> anyhow::Result<TaskId> {
    if let Ok(number) = word.parse() {
        return Ok(number);
    }
    let shown = clean(word, 80);
    let ids: Vec<TaskId> = known.iter().filter(|task| task.name == word).map(|task| task.id).collect();
    match ids.as_slice() {
        [id] => Ok(*id),
        [] => {
            let near = nearest::suggestion(word, known.iter().map(|task| task.name.as_str()));
            let near = if near.is_empty() { "; aside ls lists them".to_owned() } else { clean(&near, 120) };
            Err(exit::wrong(format!("no task is called {shown}{near}")))
        }
        several => {
            let list: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(exit::wrong(format!("several tasks are called {shown}; use a number: {}", list.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::info, *};

    #[test]
    fn a_task_is_meant_by_its_number_or_its_only_name() {
        let named = |id, name: &str| TaskInfo { name: name.into(), ..info(id) };
        let known = [named(1, "dev"), named(2, "test"), named(3, "test"), named(4, "7")];
        assert_eq!(one_of("dev", &known).unwrap(), TaskId(1));
        assert_eq!(one_of("7", &known).unwrap(), TaskId(7), "a number is a number");
        let message = |word: &str| one_of(word, &known).unwrap_err().to_string();
        assert_eq!(message("test"), "several tasks are called test; use a number: 2, 3");
        assert_eq!(message("dve"), "no task is called dve, did you mean dev?");
        assert_eq!(message("x\x1b[31m"), "no task is called x[31m; aside ls lists them");
    }
}
