//! What the word at the prompt may go on to: words of aside's own and tasks from here, all else from the driver.

use super::{ClientId, Effect, Server};
use crate::{
    prompt::{COMMANDS, Candidate, Word},
    screen::clean,
    session::Task,
};

/// Commands whose arguments are tasks; whether only those that have not ended.
const OF_TASKS: [(&str, bool); 6] = [
    ("/fg", true),
    ("/bg", true),
    ("/stop", true),
    ("/output", false),
    ("/rerun", false),
    ("/rename", false),
];

impl Server {
    /// Finds what the word at the end of `before` may go on to.
    pub(super) fn complete(&mut self, client: ClientId, before: String, effects: &mut Vec<Effect>) {
        let word = Word::at_end(&before);
        let own = self.own_candidates(&before, &word);
        if !own.is_empty() {
            return self.completed(client, &before, word, own);
        }
        let place = self.session.place().cloned().unwrap_or_default();
        effects.push(Effect::Complete { client, before, word, place });
    }

    /// Candidates have been found.
    pub(super) fn completed(
        &mut self,
        client: ClientId,
        before: &str,
        word: Word,
        candidates: Vec<Candidate>,
    ) {
        if let Some((viewer, _)) = self.viewers.get_mut(&client) {
            viewer.completed(before, word, candidates);
        }
        self.touch(client);
    }

    fn own_candidates(&self, before: &str, word: &Word) -> Vec<Candidate> {
        if word.before.is_empty() && before.starts_with('/') {
            let typed = word.text.get(1..).unwrap_or_default();
            let words = COMMANDS.iter().filter(|row| row.word.starts_with(typed));
            let candidate = |word: &str| Candidate {
                text: format!("/{word}"),
                shown: format!("/{word}"),
                goes_on: false,
            };
            return words.map(|row| candidate(row.word)).collect();
        }
        let of_tasks = word.before.first().and_then(|first| OF_TASKS.iter().find(|(word, _)| word == first));
        let Some((_, only_living)) = of_tasks else { return vec![] };
        let tasks = self.session.tasks().filter(|task| !(*only_living && task.state().ended()));
        let like = |task: &Task| {
            task.id().to_string().starts_with(&word.text) || task.spec.title().contains(&word.text)
        };
        let candidate = |task: &Task| Candidate {
            text: task.id().to_string(),
            shown: format!("{}  {} {}", task.id(), task.state().mark(), clean(task.spec.title(), usize::MAX)),
            goes_on: false,
        };
        tasks.filter(|task| like(task)).map(candidate).collect()
    }
}
