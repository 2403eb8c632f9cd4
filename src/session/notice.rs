//! The words of completion notices (product.md, "Completion notices").

use super::Task;
use crate::{
    limits::{NOTICE_BULLETS_MAX, NOTICE_LINES_MAX, RESULT_COLUMNS_MAX, TITLE_COLUMNS_MIN},
    screen::{clean, width},
    task::{State, text},
};

/// One line of a block, with the state that colours it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// How the task ended; `None` for the overflow summary.
    pub state: Option<State>,
    /// The line.
    pub text: String,
    /// Its bullets.
    pub bullets: Vec<String>,
}

/// The notices of a block, as shown together.
pub type Block = Vec<Notice>;

/// The block for tasks that ended with no user line between them, in order of their end: one gets its
/// bullets; several get a line each, failures first, at most three, then a summary of the rest. A line is
/// at most so many columns where a title can be cut to that.
pub fn block(tasks: &[&Task], columns: usize) -> Block {
    if let [task] = tasks {
        return vec![Notice {
            state: Some(task.state()),
            text: header(task, columns),
            bullets: bullets(task),
        }];
    }
    let mut ordered: Vec<&Task> = tasks.iter().rev().copied().collect();
    ordered.sort_by_key(|task| !task.state().bad());
    let rest = ordered.split_off(ordered.len().min(NOTICE_LINES_MAX));
    let line =
        |task: &Task| Notice { state: Some(task.state()), text: header(task, columns), bullets: vec![] };
    let mut block: Block = ordered.into_iter().map(line).collect();
    if !rest.is_empty() {
        block.push(Notice { state: None, text: overflow(&rest), bullets: vec![] });
    }
    block
}

/// `Background task failed: "npm run lint" (exit 1)`, the title cut so that it fits the columns where it can.
pub fn header(task: &Task, columns: usize) -> String {
    let (verb, detail) = task.outcome().map_or(("ended", None), |outcome| match task.end_reason(outcome) {
        Some(reason) if task.state() == State::Failed => ("failed", Some(reason)),
        Some(reason) => ("ended", Some(reason)),
        None => (outcome.verb(), outcome.detail()),
    });
    let detail = detail.map_or(String::new(), |detail| format!(" ({})", clean(&detail, RESULT_COLUMNS_MAX)));
    let around = format!("Background task {verb}: \"\"{detail}");
    let room = columns.saturating_sub(width(&around)).clamp(TITLE_COLUMNS_MIN, RESULT_COLUMNS_MAX);
    let title = clean(&task.spec.title().replace('\n', " "), room);
    format!("Background task {verb}: \"{title}\"{detail}")
}

/// Outcome, time and size first, then the task's own result.
pub fn bullets(task: &Task) -> Vec<String> {
    let mut facts = vec![task.outcome().map_or_else(String::new, crate::task::Outcome::short)];
    facts.push(text::duration(task.duration_ms(0)));
    facts.push(text::plural(task.output_lines, "line"));
    if task.children > 0 {
        let word = if task.children == 1 { "child" } else { "children" };
        facts.insert(1, format!("{} {word} running", task.children));
    }
    let mut bullets = vec![facts.join(" · ")];
    if let Some(crate::task::End::NotStarted(reason)) = task.outcome().map(|outcome| &outcome.end) {
        bullets = vec![clean(reason, RESULT_COLUMNS_MAX)];
    }
    let report = task.report.as_ref().filter(|report| !report.bullets.is_empty());
    if let Some(report) = report {
        let facts = bullets.pop();
        return report.bullets.iter().cloned().chain(facts).collect();
    }
    bullets.extend(task.result.iter().map(|line| clean(line, RESULT_COLUMNS_MAX)));
    bullets.truncate(NOTICE_BULLETS_MAX);
    bullets
}

fn overflow(rest: &[&Task]) -> String {
    let failed = rest.iter().filter(|task| task.state().bad()).count();
    let all_completed = rest.iter().all(|task| task.state() == State::Completed);
    match failed {
        0 if all_completed => format!("+{} more completed · /tasks", rest.len()),
        0 => format!("+{} more · /tasks", rest.len()),
        _ => format!("+{} more ({failed} failed) · /tasks", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Phase;
    use super::*;
    use crate::{
        log::Octets,
        task::{End, Outcome, Size, Spec, TaskId},
    };

    fn task(id: u32, command: &str, end: End, result: Option<&str>) -> Task {
        let mut task = Task::new(Spec {
            id: TaskId(id),
            argv: vec![],
            command: command.into(),
            name: None,
            cwd: Octets::from("/"),
            size: Size::new(24, 80),
            foreground: false,
            asked_by: "you".into(),
            created_at: 0,
            agent: None,
        });
        let outcome = Outcome { end, stopped_by: None, ended_at: 42_100 };
        task.phase = Phase::Ended { started_at: Some(0), outcome };
        task.output_lines = 1204;
        task.result = result.map(Into::into);
        task
    }

    fn show(block: &Block) -> String {
        let lines = block.iter().flat_map(|notice| {
            let bullets = notice.bullets.iter().map(|bullet| format!("  • {bullet}"));
            std::iter::once(notice.text.clone()).chain(bullets)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn one_completion_has_a_header_and_its_bullets() {
        let done = task(1, "npm test", End::Code(0), Some("Tests: 212 passed, 212 total"));
        insta::assert_snapshot!(show(&block(&[&done], 80)), @r#"
        Background task completed: "npm test"
          • exit 0 · 42.1s · 1,204 lines
          • Tests: 212 passed, 212 total
        "#);
        let failed = task(2, "npm run lint", End::Code(1), Some("✖ 3 problems"));
        insta::assert_snapshot!(show(&block(&[&failed], 80)), @r#"
        Background task failed: "npm run lint" (exit 1)
          • exit 1 · 42.1s · 1,204 lines
          • ✖ 3 problems
        "#);
    }

    #[test]
    fn several_are_three_lines_failures_first_and_a_summary() {
        let mut all: Vec<Task> =
            (1..=6).map(|id| task(id, &format!("job {id}"), End::Code(0), None)).collect();
        all.push(task(7, "lint", End::Code(2), None));
        let some: Vec<&Task> = all.iter().collect();
        insta::assert_snapshot!(show(&block(&some, 80)), @r#"
        Background task failed: "lint" (exit 2)
        Background task completed: "job 6"
        Background task completed: "job 5"
        +4 more completed · /tasks
        "#);
        let bad: Vec<Task> = (1..=5).map(|id| task(id, "x", End::Signal(9), None)).collect();
        let bad: Vec<&Task> = bad.iter().collect();
        assert!(show(&block(&bad, 80)).ends_with("+2 more (2 failed) · /tasks"));
    }

    #[test]
    fn text_from_a_task_is_inert() {
        let evil = task(1, "a\x1b]0;x\x07b", End::Code(0), Some("c\x1b[2Jd\u{202e}e\nf"));
        let text = show(&block(&[&evil], 80));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{text:?}");
    }
}
