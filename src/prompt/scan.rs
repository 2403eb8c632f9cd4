//! Finds the `&` that ends a shell line. Never understands more of the shell than that takes.
//!
//! The rules are POSIX sh's, "Shell Command Language" 2.2 (quoting) and 2.3 (tokens), with the `$'…'` of
//! bash and zsh. Where a line is incomplete the answer is no: then the shell sees the line as it is.

use std::{iter::Peekable, str::Chars};

/// What encloses the place reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// `'…'`
    Single,
    /// `$'…'`
    DollarSingle,
    /// `"…"`
    Double,
    /// `` `…` ``
    Backtick,
    /// `${…}`
    Braces,
    /// `(…)`, `$(…)`, `<(…)`
    Parentheses,
}

/// The line without its final unquoted `&`, if it ends with one.
pub(super) fn without_final_ampersand(line: &str) -> Option<&str> {
    let trimmed = line.trim_end();
    let body = trimmed.strip_suffix('&')?;
    let mut scan = Scan { rest: body.chars().peekable(), inside: Vec::new(), before: None };
    while let Some(next) = scan.rest.next() {
        scan.step(next);
    }
    // reached as half of an operator, behind a backslash, in a comment or enclosed, it is the shell's
    let operator = matches!(scan.before, Some('&' | '>' | '<' | '|' | ';' | '\\' | '#'));
    (scan.inside.is_empty() && !operator).then_some(body.trim_end())
}

struct Scan<'a> {
    rest: Peekable<Chars<'a>>,
    inside: Vec<Inside>,
    /// The character before, where commands stand: [`QUOTED`] if it stood for itself only, a backslash or
    /// `#` if what it begins reaches the end.
    before: Option<char>,
}

/// Stands for any character that was quoted or escaped: part of a word, no operator.
const QUOTED: char = 'q';

impl Scan<'_> {
    fn step(&mut self, next: char) {
        let inside = self.inside.last().copied();
        let ended = match inside {
            Some(Inside::Single | Inside::DollarSingle) => next == '\'',
            Some(Inside::Double) => next == '"',
            Some(Inside::Braces) => next == '}',
            Some(Inside::Backtick) => next == '`',
            Some(Inside::Parentheses) => next == ')',
            None => false,
        };
        if ended {
            self.inside.pop();
            self.before = Some(QUOTED);
            return;
        }
        match inside {
            None | Some(Inside::Backtick | Inside::Parentheses) => self.command(next),
            Some(Inside::Single) => {}
            Some(Inside::DollarSingle | Inside::Double | Inside::Braces) if next == '\\' => self.escape(),
            Some(Inside::DollarSingle) => {}
            Some(Inside::Double) => self.expansion(next),
            // in "${x:-don't}" a quote is a character
            Some(Inside::Braces) if next == '\'' && self.inside.contains(&Inside::Double) => {}
            Some(Inside::Braces) => self.quote_or_expansion(next),
        }
    }

    /// A character where commands stand.
    fn command(&mut self, next: char) {
        let word_begins = self.before.is_none_or(|before| before.is_whitespace() || ";&|(".contains(before));
        self.before = Some(next);
        match next {
            '\\' => self.escape(),
            '#' if word_begins => while self.rest.next_if(|next| *next != '\n').is_some() {},
            '#' => self.before = Some(QUOTED),
            '(' => self.inside.push(Inside::Parentheses),
            _ => self.quote_or_expansion(next),
        }
    }

    fn quote_or_expansion(&mut self, next: char) {
        match next {
            '\'' => self.inside.push(Inside::Single),
            '"' => self.inside.push(Inside::Double),
            _ => self.expansion(next),
        }
    }

    fn expansion(&mut self, next: char) {
        let doubly = self.inside.last() == Some(&Inside::Double);
        let opened = match (next, self.rest.peek()) {
            ('`', _) => return self.inside.push(Inside::Backtick),
            ('$', Some('(')) => Inside::Parentheses,
            ('$', Some('{')) => Inside::Braces,
            ('$', Some('\'')) if !doubly => Inside::DollarSingle,
            _ => return,
        };
        self.before = self.rest.next();
        self.inside.push(opened);
    }

    /// Takes the character behind a backslash; a backslash at the end stays what was before.
    fn escape(&mut self) {
        if self.rest.next().is_some() {
            self.before = Some(QUOTED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_final_unquoted_single_ampersand_takes_the_line() {
        for (line, body) in [
            ("cargo test &", Some("cargo test")),
            ("cargo test&", Some("cargo test")),
            ("cargo test &  \n", Some("cargo test")),
            ("a & b &", Some("a & b")),
            ("a && b &", Some("a && b")),
            ("make 2>&1 &", Some("make 2>&1")),
            ("make &>log &", Some("make &>log")),
            ("make | tee log &", Some("make | tee log")),
            ("a; b &", Some("a; b")),
            ("one\ntwo &", Some("one\ntwo")),
            ("echo \"it's\" &", Some("echo \"it's\"")),
            ("echo 'a \" b' &", Some("echo 'a \" b'")),
            ("echo $'it\\'s' &", Some("echo $'it\\'s'")),
            ("echo \"$(echo 'it\"s')\" &", Some("echo \"$(echo 'it\"s')\"")),
            ("echo \"${x:-don't}\" &", Some("echo \"${x:-don't}\"")),
            ("echo ${x#y} $# a#b &", Some("echo ${x#y} $# a#b")),
            ("echo `date` &", Some("echo `date`")),
            ("(cd x; make) &", Some("(cd x; make)")),
            ("for i in 1 2; do x; done &", Some("for i in 1 2; do x; done")),
            ("case x in x) y;; esac &", Some("case x in x) y;; esac")),
            ("echo \\\\&", Some("echo \\\\")),
            ("echo \\> &", Some("echo \\>")),
            ("echo \\>&", Some("echo \\>")),
            ("echo \"a\"#b &", Some("echo \"a\"#b")),
            ("echo $(x)#b &", Some("echo $(x)#b")),
            ("echo a#&", Some("echo a#")),
            ("(a # it's\n) &", Some("(a # it's\n)")),
            ("echo $(# it's\nx) &", Some("echo $(# it's\nx)")),
            ("echo \\\\# &", Some("echo \\\\#")),
            ("echo `echo \"a\"` &", Some("echo `echo \"a\"`")),
            ("echo # note\nsleep 1 &", Some("echo # note\nsleep 1")),
            ("curl 'http://x/?a=1&b=2' &", Some("curl 'http://x/?a=1&b=2'")),
            ("&", Some("")),
            ("a & b", None),
            ("a && b", None),
            ("a &&", None),
            ("a & &&", None),
            ("echo \\&", None),
            ("echo 'x &'", None),
            ("echo 'x &", None),
            ("echo \"x &", None),
            ("echo $(sleep 1 &", None),
            ("(sleep 1 &)", None),
            ("(sleep 1 &", None),
            ("echo x # done &", None),
            ("# &", None),
            ("sleep 1 & # later", None),
            ("echo 2>&", None),
            ("echo <&", None),
            ("a |&", None),
            ("a ;&", None),
            ("echo \"a\\\"&", None),
            ("`sleep 1 &", None),
            ("${x &", None),
            ("plain", None),
            ("", None),
        ] {
            assert_eq!(without_final_ampersand(line), body, "{line}");
        }
    }
}
