//! What an agent's final message says, in at most three bullets: its last bullets, else its first sentences. Deterministic;
//! never a model's work.

use crate::{
    limits::{AGENT_BULLET_COLUMNS, NOTICE_BULLETS_MAX},
    screen::clean,
};

/// Bullets of a message, cleaned and cut.
pub fn bullets(message: &str) -> Vec<String> {
    let lines = || message.lines().map(str::trim).filter(|line| !line.is_empty());
    let marked: Vec<&str> = lines().filter_map(unmarked).collect();
    let chosen: Vec<String> = if marked.is_empty() {
        let text = lines().collect::<Vec<_>>().join(" ");
        sentences(&text)
    } else {
        let from = marked.len().saturating_sub(NOTICE_BULLETS_MAX);
        marked.iter().skip(from).map(|line| (*line).to_owned()).collect()
    };
    let cut = chosen.iter().map(|line| clean(line, AGENT_BULLET_COLUMNS)).filter(|line| !line.is_empty());
    cut.take(NOTICE_BULLETS_MAX).collect()
}

/// A line without its `-`, `*`, `•` or `1.`.
fn unmarked(line: &str) -> Option<&str> {
    let marked = ["- ", "* ", "• "].iter().find_map(|mark| line.strip_prefix(mark));
    let numbered = || {
        let (number, rest) = line.split_once(['.', ')'])?;
        let is_number = !number.is_empty() && number.len() < 3 && number.bytes().all(|b| b.is_ascii_digit());
        rest.strip_prefix(' ').filter(|_| is_number)
    };
    marked.or_else(numbered).map(str::trim)
}

fn sentences(text: &str) -> Vec<String> {
    let mut found = vec![];
    let mut rest = text;
    while let Some(at) = rest.find(['.', '!', '?']) {
        let end = at + 1;
        let ends = rest.get(end..).is_some_and(|after| after.is_empty() || after.starts_with(' '));
        match (ends, rest.get(end..)) {
            (true, Some(after)) => {
                found.push(rest.get(..end).unwrap_or(rest).to_owned());
                rest = after.trim_start();
            }
            _ => break,
        }
    }
    if !rest.is_empty() {
        found.push(rest.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bullets_count_else_the_first_sentences() {
        let check = |message: &str, expected: &[&str]| assert_eq!(bullets(message), expected, "{message}");
        check("Plan:\n- a\n- b\n\nDone.\n- c\n* d\n3. e\n", &["c", "d", "e"]);
        check(
            "Fixed it. All tests pass. Nothing else.  More.",
            &["Fixed it.", "All tests pass.", "Nothing else."],
        );
        check("see src/lib.rs for it", &["see src/lib.rs for it"]);
        check("", &[]);
        check("- \u{202e}x\u{1b}[31m", &["x[31m"]);
        assert!(bullets(&"long ".repeat(100))[0].chars().count() <= 120);
    }
}
