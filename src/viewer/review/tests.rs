//! Finding the way in a review.

use super::{search::PROBLEM, *};
use crate::transcript::Pattern;

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
        assert_eq!(review.refusal, Some(format!("no line, percentage or time: {place}")));
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
    let (range, look) = (Range::From(0), Look::default());
    let expected = Intent::Read { task: TaskId(1), purpose: Purpose::Copy, range, count: 101, look };
    assert_eq!(review.act(Action::Copy), Some(expected));
    assert_eq!(review.selected(), None);
}

fn page(intent: &Intent, hit: Option<Hit>) -> Page {
    let Intent::Read { task, purpose, range, look, .. } = intent else { panic!("{intent:?}") };
    let sought = if let Range::Match { pattern, .. } = range { Some(pattern.clone()) } else { None };
    Page {
        client: crate::server::ClientId(1),
        task: *task,
        purpose: *purpose,
        first: 0,
        lines: vec![Line::default(); 5],
        numbers: vec![],
        times: vec![],
        total: 1000,
        complete: true,
        sought,
        hit,
        counted: None,
        filter: look.filter.clone(),
    }
}

#[test]
fn a_pattern_is_looked_for_as_it_is_typed_and_given_up_where_it_began() {
    let mut review = thousand();
    (review.top, review.follow) = (500, false);
    review.act(Action::Search);
    review.input.as_mut().expect("it asks").insert("ab");
    let intent = review.wants(false).expect("it looks");
    review.take(page(&intent, Some(Hit::Found(700))));
    assert_eq!(review.top, 697);
    review.input.as_mut().expect("it asks").insert("(");
    assert!(
        !matches!(review.wants(false), Some(Intent::Read { purpose: Purpose::Search, .. })),
        "half a pattern"
    );
    review.take(page(&intent, Some(Hit::Found(800))));
    review.give_up();
    assert_eq!((review.top, review.search.is_none()), (500, true));
}

#[test]
fn a_search_goes_on_step_by_step_until_it_is_given_up() {
    let mut review = thousand();
    let first = typed(&mut review, Action::Search, "rare").expect("it looks");
    review.take(page(&first, Some(Hit::Further(300))));
    let Some(Intent::Read { range: Range::Match { from: 300, .. }, .. }) = review.wants(false) else {
        panic!("it does not go on")
    };
    review.take(page(&first, Some(Hit::Further(600))));
    assert_eq!(review.step_back(), Some(None));
    assert!(!matches!(review.wants(false), Some(Intent::Read { purpose: Purpose::Search, .. })));
}

#[test]
fn a_filter_keeps_the_place_and_esc_shows_all_again() {
    let mut review = thousand();
    (review.top, review.follow) = (500, false);
    let intent = typed(&mut review, Action::Filter, "warn").expect("it reads");
    assert!(matches!(&intent, Intent::Read { range: Range::Line(500), look, .. } if look.filter.is_some()));
    let stale = Page { filter: None, total: 7, ..page(&intent, None) };
    review.take(stale);
    assert_eq!(review.total, 0, "what came of the view before is passed over");
    let numbers = vec![10, 400, 600, 610, 990];
    review.take(Page { numbers, total: 5, ..page(&intent, Some(Hit::Found(2))) });
    assert_eq!((review.number(2), review.total), (600, 5));
    assert!(review.act(Action::ContextMore).is_some());
    assert_eq!(review.filter.as_ref().map(|filter| filter.context), Some(1));
    assert!(matches!(review.step_back(), Some(Some(_))));
    assert_eq!((review.filter.is_none(), review.step_back()), (true, None));
}

#[test]
fn a_time_is_gone_to() {
    let mut review = thousand();
    for time in ["14:05", "10m ago"] {
        let intent = typed(&mut review, Action::GoTo, time);
        assert!(matches!(intent, Some(Intent::Read { purpose: Purpose::Place, range: Range::Time(_), .. })));
    }
}

#[test]
fn what_is_selected_is_saved_or_all_and_shown_where_it_is_looked_at() {
    let mut review = thousand();
    let saved = |lines, path: &str| Some(Intent::Save { task: TaskId(1), lines, path: path.into() });
    assert_eq!(typed(&mut review, Action::Save, ""), saved(0..u64::MAX, "task-1.txt"));
    (review.top, review.follow) = (100, false);
    review.act(Action::Select);
    review.go(Move::Down);
    assert_eq!(typed(&mut review, Action::Save, "x"), saved(100..102, "task-1.txtx"));
    assert_eq!(review.selected(), Some((100, 2)), "the file may be refused");
    let opened = Intent::Open { task: TaskId(1), line: 100, reader: Reader::Pager };
    assert_eq!(review.act(Action::OpenPager), Some(opened));
}
