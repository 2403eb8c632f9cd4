//! "Did you mean": the known word nearest to a wrong one. Never guesses when nothing is near.

/// The candidate nearest to `word`, compared without case, if it is near enough to be what was meant.
///
/// Near is a Damerau-Levenshtein distance of at most a third of the word, at least one, or a beginning
/// of at least two letters (`det` for `details`).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let allowed = (letters / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let mut distance = strsim::damerau_levenshtein(&word, &lower);
        if letters >= 2 && lower.starts_with(&word) {
            distance = distance.min(allowed);
        }
        // a one-letter word is "near" every other one-letter word: that is no help
        let near = distance <= allowed && (letters > 1 || distance == 0);
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `, did you mean X?` to append to a message, or nothing.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|found| format!(", did you mean {found}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let words = ["after", "background", "details", "stop"];
        for (wrong, right) in [
            ("aftr", Some("after")),
            ("Backgroudn", Some("background")),
            ("det", Some("details")),
            ("sotp", Some("stop")),
            ("xyzzy", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, words), right, "{wrong}");
        }
        assert_eq!(suggestion("aftr", words), ", did you mean after?");
        assert_eq!(suggestion("xyzzy", words), "");
    }
}
