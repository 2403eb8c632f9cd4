//! Ends: recorded before they are told, true, once, and what is left behind.

use super::bench::{octets, plan, shell, wait_for};
use aside::{
    log::{End, ExitRecord},
    protocol::holder::{FromHolder, Target, ToHolder},
};
use std::fs;

#[test]
fn two_hundred_programs_that_exit_at_once_have_their_exit_code_and_output() {
    for _ in 0..200 {
        let mut task = shell("echo x; exit 5");
        task.wait_for_holder_to_leave();
        let record = task.exit_record();
        assert_eq!((record.end, record.output_bytes, record.output_lines), (End::Code(5), 3, 1));
        assert_eq!(task.text(), "x\r\n");
        assert!(!task.is_locked() && !task.dir.join("sock").exists());
    }
}

#[test]
fn an_end_is_on_disk_when_it_is_told() {
    let task = shell("read x; exit 3");
    let mut client = task.client();
    client.request(&ToHolder::Subscribe { from: 0 }).unwrap();
    task.input(b"\n");
    loop {
        if let FromHolder::Exited { length } = client.receive().unwrap() {
            let record: ExitRecord =
                serde_json::from_slice(&fs::read(task.dir.join("exit.json")).unwrap()).unwrap();
            assert_eq!((record.end, record.output_bytes), (End::Code(3), length));
            return;
        }
    }
}

#[test]
fn the_last_words_of_a_program_are_never_cut() {
    for lines in [1, 100, 5000] {
        let mut task = shell(&format!("seq {lines}; exit 1"));
        task.wait_for_holder_to_leave();
        assert_eq!(task.text().lines().count(), lines);
        assert_eq!(task.exit_record().output_bytes, task.log().length());
        assert_eq!(task.exit_record().output_lines, lines as u64);
    }
}

#[test]
fn a_signal_nobody_asked_for_has_no_asker_and_an_asked_one_has() {
    let own = shell("kill -SEGV $$");
    let record = own.exit_record();
    assert!(matches!(record.end, End::Signal { number: libc::SIGSEGV, .. }), "{record:?}");
    assert_eq!(record.asked, None);
    let asked = shell("sleep 1000");
    asked.signal(Target::Tree, libc::SIGKILL);
    let record = asked.exit_record();
    assert_eq!(record.end, End::Signal { number: libc::SIGKILL, core: false });
    let asker = record.asked.unwrap();
    assert_eq!((asker.who.as_str(), asker.signal), ("a test", libc::SIGKILL));
    assert!(record.started_ms <= asker.at_ms && asker.at_ms <= record.ended_ms);
}

#[test]
fn children_left_behind_keep_the_holder_and_what_they_print_is_logged() {
    let mut task = shell("(trap '' HUP; read x < /dev/tty; echo late) & exit 4");
    let record = task.exit_record();
    assert_eq!(record.end, End::Code(4));
    let left = task.probe(|probed| (probed.ended, probed.descendants));
    assert_eq!(left, (true, 1));
    assert_eq!(task.client().request(&ToHolder::Quit).unwrap(), FromHolder::Done(1), "refused");
    assert!(task.is_locked());
    task.signal(Target::Tree, libc::SIGTERM);
    task.wait_for_holder_to_leave();
    assert_eq!(task.exit_record().end, End::Code(4));
    assert!(!task.is_locked());
}

#[test]
fn what_is_printed_after_the_end_is_counted_in_the_end() {
    let mut plan = plan(&["sh", "-c", "{ while [ ! -e go ]; do sleep 0.01; done; echo late; } & exit 0"]);
    let go = plan.path("go");
    plan.launch.cwd = octets(go.parent().unwrap());
    let mut task = plan.start();
    assert_eq!(task.exit_record().output_bytes, 0);
    fs::write(go, "").unwrap();
    task.wait_for_holder_to_leave();
    assert_eq!(task.text(), "late\r\n");
    assert_eq!(task.exit_record().output_bytes, 6);
}

#[test]
fn a_daemon_that_left_the_session_is_still_seen_and_ended() {
    let mut task = shell("setsid sh -c 'sleep 1000 & exec sleep 1000' & exit 0");
    task.exit_record();
    wait_for("both", || task.probe(|probed| (probed.descendants == 2).then_some(())));
    assert_eq!(task.signal(Target::Tree, libc::SIGKILL), 2);
    task.wait_for_holder_to_leave();
}

#[test]
fn a_program_that_closes_its_terminal_has_not_ended_and_may_come_back() {
    let task = shell("exec <&- >&- 2>&-; sleep 0.2; exec >/dev/tty; echo back; read x </dev/tty");
    task.wait_for_text("back");
    assert!(!task.greeted().1.ended);
    task.input(b"\n");
    assert_eq!(task.exit_record().end, End::Code(0));
}

#[test]
fn a_holder_of_another_task_started_inside_is_not_a_descendant() {
    let outer = shell("read x");
    let mut plan = plan(&["sleep", "1000"]);
    plan.launch.task_dir = plan.launch.task_dir.clone();
    let inner = plan.start();
    // a holder is known by its lock, wherever it stands in the tree
    let all = aside::holder::process::descendants(std::process::id());
    for own in [&outer, &inner] {
        assert!(!all.iter().any(|process| process.pid == own.spawned.holder), "{all:?}");
        assert!(!all.iter().any(|process| process.pid == own.spawned.program), "{all:?}");
    }
}

#[test]
fn resources_used_are_recorded() {
    let task = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
    let usage = task.exit_record().usage;
    assert!(usage.user_us + usage.system_us > 0 && usage.memory_kib_max > 100, "{usage:?}");
}
