//! Life of a session: ordered, moved, ended, told once, rebuilt.

use super::*;
use std::time::{Duration, Instant};

fn order(command: &str, background: Option<Moved>) -> Order {
    Order {
        argv: vec![Octets::from(command)],
        command: command.into(),
        name: None,
        place: Place::default(),
        size: Size::new(21, 80),
        background,
        who: "you".into(),
        agent: None,
    }
}

fn outcome(end: End) -> Outcome {
    Outcome { end, stopped_by: None, ended_at: 1000 }
}

fn records(effects: &[Effect]) -> Vec<Record> {
    let journal = effects.iter().filter_map(|effect| match effect {
        Effect::Journal(record) => Some(record.clone()),
        _ => None,
    });
    journal.collect()
}

fn found(session: &Session) -> Vec<Found> {
    let found = session.tasks().map(|task| Found {
        spec: task.spec.clone(),
        started: task.pid().map(|pid| (pid, task.started_at())),
        outcome: task.outcome().cloned(),
        output_bytes: 0,
        output_lines: 0,
        result: None,
    });
    found.collect()
}

#[test]
fn an_end_is_told_once_also_by_the_next_server() {
    let (mut session, mut effects) = (Session::default(), vec![]);
    let id = session.order(order("make", Some(Moved::Started)), 0, &mut effects);
    session.started(id, 42, 5);
    session.ended(id, outcome(End::Code(0)), Some("done".into()), &mut effects);
    session.ended(id, outcome(End::Code(1)), None, &mut effects);
    assert_eq!(session.unseen().count(), 1);
    let mut again = vec![];
    let restored = Session::restore(2, found(&session), &records(&effects), None, &mut again);
    assert_eq!(records(&again), [], "nothing is told twice");
    assert_eq!(restored.feed(), session.feed());
    assert_eq!(restored.task(id).unwrap().result.as_deref(), Some("done"));
}

#[test]
fn an_end_nobody_saw_is_told_by_the_next_server_and_counted_when_a_client_comes_back() {
    let (mut session, mut effects) = (Session::default(), vec![]);
    let id = session.order(order("make", Some(Moved::Started)), 0, &mut effects);
    session.started(id, 42, 5);
    let mut files = found(&session);
    files[0].outcome = Some(outcome(End::Code(3)));
    let mut told = vec![];
    let mut next = Session::restore(2, files, &records(&effects), None, &mut told);
    assert_eq!(records(&told), [Record::Ended { task: id, background: true, result: None }]);
    told.clear();
    next.back(false, &mut told);
    assert_eq!(records(&told), [Record::Back { completed: 0, failed: 1, stopped: 0 }]);
    next.back(false, &mut told);
    assert_eq!(told.len(), 1, "said once");
}

#[test]
fn a_foreground_task_survives_the_server_in_the_foreground() {
    let (mut session, mut effects) = (Session::default(), vec![]);
    let id = session.order(order("vim", None), 0, &mut effects);
    session.started(id, 42, 5);
    let restored = Session::restore(2, found(&session), &records(&effects), None, &mut vec![]);
    assert_eq!(restored.foreground().map(Task::id), Some(id));
    session.background(Moved::Key, &mut effects).unwrap();
    let restored = Session::restore(2, found(&session), &records(&effects), None, &mut vec![]);
    assert_eq!(restored.foreground(), None);
}

#[test]
fn ids_are_never_used_again() {
    let (mut session, mut effects) = (Session::default(), vec![]);
    let first = session.order(order("a", Some(Moved::Started)), 0, &mut effects);
    session.ended(first, outcome(End::Code(0)), None, &mut effects);
    session.remove(first, &mut effects).unwrap();
    assert_eq!(session.feed().iter().count(), 0);
    let mut restored = Session::restore(2, vec![], &records(&effects), None, &mut vec![]);
    assert_eq!(restored.order(order("b", None), 0, &mut vec![]), TaskId(2));
}

#[test]
fn a_task_that_runs_cannot_be_removed_and_one_that_ended_not_brought_back() {
    let (mut session, mut effects) = (Session::default(), vec![]);
    let id = session.order(order("a", Some(Moved::Started)), 0, &mut effects);
    let refusal = session.remove(id, &mut effects).unwrap_err();
    assert_eq!(refusal.to_string(), "task 1 is running; stop it first: aside stop 1");
    session.ended(id, outcome(End::Code(0)), None, &mut effects);
    let refusal = session.bring(id, &mut effects).unwrap_err();
    assert_eq!(refusal.to_string(), "task 1 has ended (completed); /output 1 shows what it printed");
    assert!(session.bring(TaskId(9), &mut effects).is_err());
}

#[test]
fn stopping_climbs_from_hup_to_kill_and_names_who_asked() {
    let (mut session, mut effects) = (Session::default(), vec![]);
    let id = session.order(order("a", Some(Moved::Started)), 0, &mut effects);
    session.started(id, 42, 5);
    effects.clear();
    #[expect(clippy::disallowed_methods, reason = "a test needs some instant to start from")]
    let mut now = Instant::now();
    session.stop(id, "you", now, &mut effects).unwrap();
    while let Some(next) = session.next_deadline() {
        now = next.max(now + Duration::from_millis(1));
        session.tick(now, &mut effects);
    }
    let signals: Vec<i32> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Signal { signal, who, target: Target::Tree, .. } if who == "you" => *signal,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(signals, [libc::SIGHUP, libc::SIGTERM, libc::SIGKILL]);
}
