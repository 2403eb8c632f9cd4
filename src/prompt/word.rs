//! The word being typed at the end of a line, as a shell would read it, and words put so that a shell reads them back.
//! Never looks at files: candidates come from elsewhere.

/// The word the cursor stands behind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Word {
    /// The word so far, without its quoting.
    pub text: String,
    /// Characters it takes as written, quoting included.
    pub written: usize,
    /// The quote that is open in it.
    pub quote: Option<char>,
    /// The words of its command before it, without quoting; none if it is the command itself.
    pub before: Vec<String>,
}

/// What a word may become.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The whole word, without quoting.
    pub text: String,
    /// As it is listed.
    pub shown: String,
    /// More of the word is to come, as after a directory.
    pub goes_on: bool,
}

/// Characters that end a command.
const SEPARATORS: &str = "|&;()\n";

impl Word {
    /// The word at the end of `line`, the text before the cursor.
    pub fn at_end(line: &str) -> Self {
        let (mut word, mut open) = (Self::default(), false);
        let mut chars = line.chars();
        while let Some(next) = chars.next() {
            match (word.quote, next) {
                (Some(quote), next) if next == quote => word.quote = None,
                (Some('"') | None, '\\') => {
                    let escaped = chars.next();
                    word.written += usize::from(escaped.is_some());
                    word.text.extend(escaped);
                }
                (None, '"' | '\'') => word.quote = Some(next),
                (None, next) if next.is_whitespace() && next != '\n' => {
                    word.end(open);
                    open = false;
                    continue;
                }
                (None, next) if SEPARATORS.contains(next) => {
                    (word, open) = (Self::default(), false);
                    continue;
                }
                (_, next) => word.text.push(next),
            }
            word.written += 1;
            open = true;
        }
        word
    }

    /// Whether it is the name of a command.
    pub fn is_command(&self) -> bool {
        self.before.iter().all(|word| is_assignment(word))
    }

    /// The command it is an argument of.
    pub fn command(&self) -> Option<&str> {
        self.before.iter().map(String::as_str).find(|word| !is_assignment(word))
    }

    /// Another text in the place of this word: quoted as it was begun, or with backslashes.
    pub fn written_as(&self, text: &str) -> String {
        match self.quote {
            Some('\'') => format!("'{}", text.replace('\'', r"'\''")),
            Some(quote) => {
                let escaped = text
                    .chars()
                    .flat_map(|c| ['\\'].into_iter().filter(move |_| "\"\\$`".contains(c)).chain([c]));
                format!("{quote}{}", escaped.collect::<String>())
            }
            None => {
                // the shell's home stays what it is
                let (home, rest) = if text.starts_with('~') { text.split_at(1) } else { ("", text) };
                let escaped =
                    rest.chars().flat_map(|c| ['\\'].into_iter().filter(move |_| is_special(c)).chain([c]));
                format!("{home}{}", escaped.collect::<String>())
            }
        }
    }

    fn end(&mut self, open: bool) {
        if open {
            self.before.push(std::mem::take(&mut self.text));
        }
        (self.text, self.written, self.quote) = (String::new(), 0, None);
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Whether a shell would not take a character as itself.
fn is_special(c: char) -> bool {
    c.is_whitespace() || "\"'\\$`&|;<>()[]{}*?!#~^".contains(c)
}

/// The beginning all texts have in common.
pub fn common_start<'a>(mut texts: impl Iterator<Item = &'a str>) -> &'a str {
    let Some(first) = texts.next() else { return "" };
    texts.fold(first, |common, text| {
        let same = common.char_indices().zip(text.chars()).find(|((_, a), b)| a != b);
        let end = same.map_or(common.len().min(text.len()), |((at, _), _)| at);
        common.get(..end).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_the_end_is_read_as_a_shell_reads_it() {
        for (line, text, before, quote, written) in [
            ("", "", vec![], None, 0),
            ("gi", "gi", vec![], None, 2),
            ("git ch", "ch", vec!["git"], None, 2),
            ("git  ", "", vec!["git"], None, 0),
            (r"cat my\ fi", "my fi", vec!["cat"], None, 6),
            ("cat 'my fi", "my fi", vec!["cat"], Some('\''), 6),
            ("cat \"a'b\" x", "x", vec!["cat", "a'b"], None, 1),
            ("make && ca", "ca", vec![], None, 2),
            ("X=1 Y=2 ca", "ca", vec!["X=1", "Y=2"], None, 2),
            ("a | b\nc d", "d", vec!["c"], None, 1),
        ] {
            let word = Word::at_end(line);
            assert_eq!((word.text.as_str(), word.quote, word.written), (text, quote, written), "{line}");
            assert_eq!(word.before, before, "{line}");
        }
        assert!(Word::at_end("X=1 ca").is_command() && !Word::at_end("ls ca").is_command());
        assert_eq!(Word::at_end("X=1 git a b").command(), Some("git"));
    }

    #[test]
    fn a_word_is_put_so_that_a_shell_reads_it_back() {
        for begun in ["", "'", "\""] {
            for text in ["plain", "with blank", "it's", "a\"b$c", "é*"] {
                let written = Word::at_end(begun).written_as(text);
                let closed = format!("{written}{begun}");
                assert_eq!(shlex::split(&closed), Some(vec![text.to_owned()]), "{closed}");
                assert_eq!(Word::at_end(&written).text, text);
            }
        }
        assert_eq!(Word::default().written_as("~/a b"), "~/a\\ b");
    }

    #[test]
    fn what_texts_have_in_common() {
        assert_eq!(common_start(["main.rs", "main.c"].into_iter()), "main.");
        assert_eq!(common_start(["é", "è"].into_iter()), "");
        assert_eq!(common_start(["a", "ab"].into_iter()), "a");
    }
}
