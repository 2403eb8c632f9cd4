//! Finding the way in a review.

use super::*;

fn typed(review: &mut Review, action: Action, text: &str) -> Option<Intent> {
    assert_eq!(review.act(action), None);
    review.input.as_mut().expect("it asks").insert(text);
    review.submit()
}

fn thousand() -> Review {
    Review { total: 1000, complete: true, ..Review::new(TaskId(1), 10) }
}

#[test]
fn a_line_and_a_percentage_lead_there() {
    for (place, top) in [("1", 0), ("120", 119), (" 50% ", 500), ("100%", 990), ("0%", 0), ("99999", 990)] {
        let mut review = thousand();
        assert_eq!(typed(&mut review, Action::GoTo, place), None);
        assert_eq!((review.top, review.follow, &review.refusal), (top, false, &None), "{place}");
    }
}

#[test]
fn what_is_no_place_is_told_and_moves_nothing() {
    for place in ["0", "101%", "x", "%", "-3", "18446744073709551616"] {
        let mut review = thousand();
        review.top = 7;
        assert_eq!(typed(&mut review, Action::GoTo, place), None);
        assert_eq!(review.top, 7, "{place}");
        assert_eq!(review.refusal, Some(format!("no line and no percentage: {place}")));
    }
}

#[test]
fn errors_and_warnings_are_what_tools_write() {
    let pattern = Pattern::new(PROBLEM).unwrap();
    for line in
        ["error[E0308]: mismatched", "src/a.c:3:1: warning: unused", "FAILED tests/a.py", "ValueError: no"]
    {
        assert!(pattern.matches(line), "{line}");
    }
    for line in ["5 passed; 0 failed", "terror", "0 errors", "all is well"] {
        assert!(!pattern.matches(line), "{line}");
    }
}

#[test]
fn the_next_problem_is_after_the_one_found() {
    let mut review = thousand();
    let from = |intent| match intent {
        Some(Intent::Read { range: Range::Match { from, down, .. }, .. }) => Some((from, down)),
        _ => None,
    };
    review.top = 5;
    assert_eq!(from(review.act(Action::ProblemNext)), Some((5, true)));
    review.search.as_mut().expect("it searches").line = Some(40);
    assert_eq!(from(review.act(Action::ProblemNext)), Some((41, true)));
    assert_eq!(from(review.act(Action::ProblemPrevious)), Some((39, false)));
}

#[test]
fn lines_are_selected_by_moving_and_copied() {
    let mut review = thousand();
    assert_eq!(review.act(Action::Copy), None);
    assert!(review.refusal.as_ref().is_some_and(|told| told.starts_with("nothing is selected")));
    (review.top, review.follow) = (100, false);
    review.act(Action::Select);
    assert_eq!(review.selected(), Some((100, 1)));
    review.go(Move::Down);
    review.go(Move::PageDown);
    assert_eq!((review.selected(), review.top), (Some((100, 11)), 101), "the window follows");
    review.go(Move::Top);
    assert_eq!((review.selected(), review.top), (Some((0, 101)), 0));
    let expected =
        Intent::Read { task: TaskId(1), purpose: Purpose::Copy, range: Range::From(0), count: 101 };
    assert_eq!(review.act(Action::Copy), Some(expected));
    assert_eq!(review.selected(), None);
}
