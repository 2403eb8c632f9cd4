//! A running task: output, input, size, signals, and what can be seen of it.

use super::bench::{input, shell, wait_for};
use aside::{
    log::{End, Event},
    protocol::holder::{FromHolder, Reading, State, Target, ToHolder},
    task::Size,
};

#[test]
fn output_is_pushed_inline_and_is_in_the_log_before_it_is_told() {
    let task = shell("read x; printf hello; read x");
    let mut client = task.client();
    client.send(&ToHolder::Subscribe { from: 0 }).unwrap();
    input(&mut task.client(), None, b"\n");
    let (mut seen, mut known) = (Vec::new(), 0);
    while !seen.ends_with(b"hello") {
        let FromHolder::Notify { length, offset, bytes } = client.receive().unwrap() else { continue };
        assert!(task.log().length() >= length);
        if bytes.is_empty() {
            assert_eq!(offset, length);
            let mut missed = vec![0; (length - known) as usize];
            task.log().read_at(known, &mut missed).unwrap();
            seen.extend(missed);
        } else {
            assert_eq!((offset, offset + bytes.len() as u64), (known, length));
            seen.extend_from_slice(bytes);
        }
        known = length;
        client.send(&ToHolder::Ack { length }).unwrap();
    }
    assert_eq!(seen, task.output());
}

#[test]
fn one_notice_is_told_until_it_is_acknowledged_and_then_the_newest() {
    let task = shell("while read x; do echo $x; done");
    let mut client = task.client();
    client.request(&ToHolder::Subscribe { from: 0 }).unwrap();
    let mut notices = Vec::new();
    for line in ["one\n", "two\n", "three\n"] {
        task.input(line.as_bytes());
    }
    wait_for("both the echo and the answer", || {
        (task.text().matches("three\r\n").count() == 2).then_some(())
    });
    // a request's reply comes after everything pushed before it
    client.send(&ToHolder::Probe).unwrap();
    let first = loop {
        match client.receive().unwrap() {
            FromHolder::Notify { length, .. } => notices.push(length),
            FromHolder::Probed(probed) => break probed.length,
            _ => {}
        }
    };
    assert_eq!(notices.len(), 1, "{notices:?}");
    client.send(&ToHolder::Ack { length: notices[0] }).unwrap();
    let second = loop {
        if let FromHolder::Notify { length, .. } = client.receive().unwrap() {
            break length;
        }
    };
    assert_eq!(second, first);
}

#[test]
fn an_unknown_type_is_answered_unsupported_and_the_connection_goes_on() {
    let task = shell("read x");
    let mut client = task.client();
    assert_eq!(client.request(&ToHolder::Unknown(0x66)).unwrap(), FromHolder::Unsupported(0x66));
    assert!(matches!(client.request(&ToHolder::Probe).unwrap(), FromHolder::Probed(_)));
}

#[test]
fn a_query_is_answered_once_however_often_a_restarted_server_answers_it() {
    let task = shell("stty -echo; while read x; do echo got-$x; done");
    wait_for("stty", || task.probe(|probed| !probed.terminal.echo).then_some(()));
    let mut client = task.client();
    assert_eq!(input(&mut client, Some(10), b"first\n"), 6);
    assert_eq!(input(&mut client, Some(10), b"again\n"), 6);
    assert_eq!(input(&mut client, Some(5), b"older\n"), 6);
    assert_eq!(input(&mut client, Some(11), b"second\n"), 7);
    assert_eq!(input(&mut client, None, b"typed\n"), 6);
    task.wait_for_text("got-typed");
    assert_eq!(task.text(), "got-first\r\ngot-second\r\ngot-typed\r\n");
    assert_eq!(task.greeted().1.reply_offset, Some(11));
}

#[test]
fn a_program_is_told_its_new_size_and_the_index_says_from_where_it_holds() {
    let task = shell("trap 'stty size' WINCH; echo ready; while :; do read x; done");
    task.wait_for_text("ready");
    let before = task.log().length();
    let size = Size::new(40, 100);
    task.client().request(&ToHolder::Resize(size)).unwrap();
    task.wait_for_text("40 100");
    assert_eq!(task.greeted().1.size, size);
    let resizes = task.log().resizes(0).unwrap();
    assert_eq!((resizes.len(), resizes[1].offset, resizes[1].size), (2, before, size));
}

#[test]
fn ten_thousand_resizes_without_output_are_one_record() {
    let task = shell("read x");
    let mut client = task.client();
    for count in 0..10_000 {
        client.request(&ToHolder::Resize(Size::new(10 + count % 50, 80))).unwrap();
    }
    assert!(task.log().entries(0).unwrap().count() <= 2);
    assert_eq!(task.log().resizes(0).unwrap().len(), 1);
}

#[test]
fn ctrl_z_pauses_a_program_and_a_signal_continues_it() {
    let task = shell("echo ready; read x; echo got-$x");
    task.wait_for_text("ready");
    let mut client = task.client();
    client.request(&ToHolder::Subscribe { from: 0 }).unwrap();
    task.input(b"\x1a");
    let paused = loop {
        if let FromHolder::State(State { stopped: true, .. }) = client.receive().unwrap() {
            break task.probe(|probed| probed.state.stopped);
        }
    };
    assert!(paused && task.greeted().1.state.stopped);
    task.signal(Target::Foreground, libc::SIGCONT);
    wait_for("to continue", || (!task.greeted().1.state.stopped).then_some(()));
    task.input(b"on\n");
    assert_eq!(task.exit_record().end, End::Code(0));
    let events: Vec<_> = task.log().entries(0).unwrap().map(|entry| entry.event).collect();
    assert!(events.contains(&Event::Paused) && events.contains(&Event::Continued), "{events:?}");
}

#[test]
fn a_shell_with_job_control_works_inside() {
    let task = shell("exec bash --norc --noprofile -i");
    let in_front = |name: &str| {
        wait_for(name, || {
            let group = task.probe(|probed| probed.foreground_group);
            let comm = std::fs::read_to_string(format!("/proc/{group}/comm")).ok()?;
            (comm.trim() == name).then_some(())
        });
    };
    task.input(b"sleep 1000\n");
    in_front("sleep");
    task.input(b"\x1a");
    task.wait_for_text("Stopped");
    in_front("bash");
    task.input(b"fg\n");
    in_front("sleep");
    task.input(b"\x03");
    in_front("bash");
    task.input(b"exit 7\n");
    assert_eq!(task.exit_record().end, End::Code(7));
    assert!(!task.text().contains("no job control"), "{}", task.text());
}

#[test]
fn a_probe_tells_line_discipline_foreground_input_and_descendants() {
    let task = shell("stty -echo -icanon; sleep 1000 & read x");
    wait_for("the terminal's state", || {
        task.probe(|probed| {
            let flags = probed.terminal;
            let own = probed.foreground_group == task.spawned.program;
            (!flags.echo && !flags.canonical && flags.signals && own && probed.descendants == 2).then_some(())
        })
    });
    assert!(task.probe(|probed| probed.pids.iter().any(|pid| pid == task.spawned.program)));
    if task.probe(|probed| probed.reading) != Reading::Unknown {
        wait_for("the program to read", || {
            task.probe(|probed| (probed.reading == Reading::Yes).then_some(()))
        });
    }
}

#[test]
fn a_program_that_never_reads_delays_nothing_but_its_input() {
    let task = shell("stty raw -echo; echo ready; exec sleep 1000");
    task.wait_for_text("ready");
    let mut client = task.client();
    let chunk = [b'x'; 32 * 1024];
    let mut accepted = 0;
    loop {
        let taken = input(&mut client, None, &chunk) as usize;
        accepted += taken;
        if taken < chunk.len() {
            break;
        }
    }
    assert!(accepted >= 64 * 1024);
    assert_eq!(input(&mut client, Some(3), &chunk), 0, "a reply is taken whole or not at all");
    task.probe(|probed| assert!(probed.queued > 0));
    assert_eq!(task.signal(Target::Leader, libc::SIGTERM), 1);
    let record = task.exit_record();
    assert_eq!(record.end, End::Signal { number: libc::SIGTERM, core: false });
    assert_eq!(record.asked.unwrap().who, "a test");
}

#[test]
fn input_that_was_cut_short_goes_on_when_there_is_room_and_arrives_whole() {
    let script = "stty raw -echo; trap go=1 USR1; echo ready; while [ -z $go ]; do sleep 0.01; done; \
                  head -c 400000 | md5sum; echo end";
    let task = shell(script);
    task.wait_for_text("ready");
    let bytes: Vec<u8> = (0..400_000_u32).map(|i| b'a' + (i % 23) as u8).collect();
    let mut client = task.client();
    let (mut sent, mut cut) = (0, 0);
    while sent < bytes.len() {
        let chunk = &bytes[sent..bytes.len().min(sent + 60_000)];
        let taken = input(&mut client, None, chunk) as usize;
        sent += taken;
        if taken < chunk.len() {
            cut += 1;
            if cut == 1 {
                task.signal(Target::Leader, libc::SIGUSR1);
            }
            while client.receive().unwrap() != FromHolder::Room {}
        }
    }
    task.wait_for_text("end");
    assert!(cut > 0);
    let expected = md5(&bytes);
    assert!(task.text().contains(&expected), "{} is not {expected}", task.text());
}

fn md5(bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    let output = std::process::Command::new("md5sum").arg(file.path()).output().unwrap();
    String::from_utf8_lossy(&output.stdout[..32]).into_owned()
}

#[test]
fn lines_and_bytes_are_counted_while_it_runs() {
    let task = shell("printf 'a\\nb\\nc'; read x");
    wait_for("three letters", || (task.log().length() == 7).then_some(()));
    let greeting = task.greeted().1;
    assert_eq!((greeting.length, greeting.lines), (7, 2));
    assert_eq!(task.probe(|probed| (probed.length, probed.lines)), (7, 2));
}

#[test]
fn output_has_times() {
    let task = shell("echo one; read x; echo two; read x");
    task.wait_for_text("one");
    task.input(b"\n");
    task.wait_for_text("two");
    let log = task.log();
    let started = task.run_record().started_ms;
    let (first, last) = (log.time_at(0).unwrap(), log.time_at(log.length()).unwrap());
    assert!(started.saturating_sub(1000) <= first && first <= last, "{started} {first} {last}");
}
