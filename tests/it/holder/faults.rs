//! Faults: a holder outlives everything but its own death, and then its log is still readable.

use super::bench::{NO_CAP, assert_numbers, input, numbers, plan, read_log, shell, wait_for};
use aside::{
    log::{End, Event, LogReader},
    protocol::holder::{Cap, CapPolicy, FromHolder, Stall, Target, ToHolder},
};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, prlimit};
use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixStream,
};

#[test]
fn no_byte_is_lost_to_readers_that_come_and_go() {
    let lines = 200_000;
    let mut task = shell(&numbers(lines));
    let mut checked = 0;
    let log = task.log();
    while !task.dir.join("exit.json").exists() {
        let Ok((mut client, greeting)) = aside::holder::client::Client::connect(&task.dir) else { break };
        let _ = client.send(&ToHolder::Subscribe { from: greeting.length });
        let _ = client.receive();
        drop(client);
        let mut bytes = vec![0; 64 * 1024];
        let count = log.read_at(checked, &mut bytes).unwrap();
        assert_numbers(checked, &bytes[..count]);
        checked += count as u64;
    }
    task.wait_for_holder_to_leave();
    let bytes = task.output();
    assert_eq!(bytes.len() as u64, lines * 16);
    assert_numbers(0, &bytes);
    assert_eq!(task.exit_record().output_lines, lines);
}

#[test]
fn a_cap_keeps_the_beginning_and_the_newest_and_counts_every_dropped_byte() {
    let lines = 100_000;
    let mut plan = plan(&["sh", "-c", &numbers(lines)]);
    let cap = Cap { bytes: 1 << 19, policy: CapPolicy::DropOldest };
    plan.launch.cap = cap;
    let mut task = plan.start();
    task.wait_for_holder_to_leave();
    let log = task.log();
    let gaps = log.gaps().unwrap();
    assert_eq!((log.length(), gaps.len()), (lines * 16, 1));
    let gap = gaps[0];
    let bytes = read_log(&log);
    assert_eq!(bytes.len() as u64, log.length() - (gap.end - gap.start));
    assert_numbers(0, &bytes[..gap.start as usize]);
    assert_numbers(gap.end, &bytes[gap.start as usize..]);
    assert_eq!(task.exit_record().dropped_bytes, gap.end - gap.start);
    let disk: u64 = fs::read_dir(&task.dir)
        .unwrap()
        .map(|file| file.unwrap())
        .filter(|file| file.file_name().to_str().unwrap().contains('.'))
        .filter(|file| !file.file_name().to_str().unwrap().contains("json"))
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert!(disk <= cap.bytes && disk >= cap.bytes / 2, "{disk}");
    let noted = log.entries(0).unwrap().filter(|entry| matches!(entry.event, Event::Gap(_))).count();
    assert!(noted > 0);
}

#[test]
fn a_task_that_waits_at_its_cap_loses_nothing_and_goes_on_when_it_is_raised() {
    let lines = 50_000;
    let mut plan = plan(&["sh", "-c", &numbers(lines)]);
    plan.launch.cap = Cap { bytes: 1 << 18, policy: CapPolicy::Pause };
    let mut task = plan.start();
    wait_for("the cap", || (task.stall() == Stall::Cap).then_some(()));
    assert!(task.log().length() <= 1 << 18);
    task.client().request(&ToHolder::Cap(NO_CAP)).unwrap();
    task.wait_for_holder_to_leave();
    let bytes = task.output();
    assert_eq!(bytes.len() as u64, lines * 16);
    assert_numbers(0, &bytes);
}

#[test]
fn a_full_disk_pauses_the_program_and_all_of_it_is_there_when_there_is_room_again() {
    let lines = 50_000;
    let mut task = shell(&format!("read x; {}", numbers(lines)));
    let holder = Pid::from_raw(task.spawned.holder.cast_signed());
    let before = task.log().length();
    let full = Rlimit { current: Some(100_000), maximum: None };
    let unlimited = prlimit(holder, Resource::Fsize, full).unwrap();
    task.input(b"\n");
    wait_for("the full disk", || (task.stall() == Stall::DiskFull).then_some(()));
    task.probe(|probed| assert_eq!(probed.state.stall, Stall::DiskFull));
    assert_eq!(task.log().length(), 100_000);
    prlimit(holder, Resource::Fsize, unlimited).unwrap();
    task.wait_for_holder_to_leave();
    let bytes = task.output();
    let (echo, numbers) = bytes.split_at(bytes.len() - lines as usize * 16);
    assert_eq!((echo, before), (&b"\r\n"[..], 0));
    assert_numbers(0, numbers);
    assert_eq!(task.exit_record().end, End::Code(0));
    let events: Vec<_> = task.log().entries(0).unwrap().map(|entry| entry.event).collect();
    assert!(events.contains(&Event::Stall) && events.contains(&Event::Resume), "{events:?}");
}

#[test]
fn an_end_on_a_full_disk_is_recorded_when_there_is_room() {
    let task = shell("read x; exit 9");
    let holder = Pid::from_raw(task.spawned.holder.cast_signed());
    let unlimited = prlimit(holder, Resource::Fsize, Rlimit { current: Some(0), maximum: None }).unwrap();
    task.signal(Target::Tree, libc::SIGKILL);
    wait_for("the program's end", || task.probe(|probed| (probed.descendants == 0).then_some(())));
    assert!(!task.greeted().1.ended && !task.dir.join("exit.json").exists());
    prlimit(holder, Resource::Fsize, unlimited).unwrap();
    assert_eq!(task.exit_record().end, End::Signal { number: libc::SIGKILL, core: false });
}

#[test]
fn a_task_whose_directory_is_removed_runs_to_its_end_and_leaves_no_holder() {
    let mut plan = plan(&["sh", "-c", "read x; seq 100000; exit 3"]);
    plan.launch.cap = Cap { bytes: 1 << 18, policy: CapPolicy::DropOldest };
    let mut task = plan.start();
    let mut client = task.client();
    fs::remove_dir_all(&task.dir).unwrap();
    input(&mut client, None, b"\n");
    task.wait_for_holder_to_leave();
}

#[test]
fn garbage_half_open_and_oversized_connections_harm_nobody() {
    let task = shell("read x; echo got-$x");
    let socket = task.dir.join("sock");
    let mut steady = task.client();
    let mut half_open = Vec::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..3000 {
        let Ok(mut stream) = UnixStream::connect(&socket) else { continue };
        let mut garbage = [0; 64];
        for byte in &mut garbage {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            *byte = random.to_le_bytes()[3];
        }
        let _ = match round % 4 {
            0 => stream.write_all(&garbage),
            1 => stream.write_all(&[255, 255, 255, 255, 2, 0]),
            2 => stream.write_all(&[2, 0, 0, 0, 7, 0, 0]),
            _ => stream.write_all(&[7, 0]),
        };
        if round % 4 == 3 {
            half_open.push(stream);
            if half_open.len() > 100 {
                half_open.remove(0);
            }
        }
    }
    assert!(matches!(steady.request(&ToHolder::Probe).unwrap(), FromHolder::Probed(_)));
    assert!(task.greeted().1.length < 100);
    input(&mut steady, None, b"1\n");
    assert_eq!(task.exit_record().end, End::Code(0));
    assert!(task.text().contains("got-1"));
}

#[test]
fn a_connection_that_never_reads_its_replies_is_not_read_from() {
    let task = shell("read x");
    let mut rude = UnixStream::connect(task.dir.join("sock")).unwrap();
    rude.set_nonblocking(true).unwrap();
    let mut frames = Vec::new();
    ToHolder::Hello { version: 1 }.encode(&mut frames);
    for _ in 0..2000 {
        ToHolder::Probe.encode(&mut frames);
    }
    let mut blocked = 0;
    while blocked < 3 {
        match rude.write(&frames) {
            Ok(count) => assert!(count > 0),
            Err(_) => {
                assert!(matches!(task.client().request(&ToHolder::Probe), Ok(FromHolder::Probed(_))));
                blocked += 1;
            }
        }
    }
    let status = fs::read_to_string(format!("/proc/{}/status", task.spawned.holder)).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(resident < 40_000, "{resident} kB");
}

#[test]
fn a_stopped_subscriber_slows_nobody() {
    let lines = 100_000;
    let task = shell(&format!("read x; {}", numbers(lines)));
    let mut asleep = task.client();
    asleep.request(&ToHolder::Subscribe { from: 0 }).unwrap();
    task.input(b"\n");
    assert_eq!(task.exit_record().output_lines, lines + 1);
    let mut received = 0;
    while let Ok(message) = asleep.receive() {
        received += usize::from(matches!(message, FromHolder::Notify { .. }));
    }
    assert_eq!(received, 1);
}

#[test]
fn a_deleted_socket_is_bound_again_when_somebody_wants_it() {
    let task = shell("read x");
    let mut before = task.client();
    fs::remove_file(task.dir.join("sock")).unwrap();
    assert_eq!(task.greeted().1.program, task.spawned.program);
    assert!(matches!(before.request(&ToHolder::Probe).unwrap(), FromHolder::Probed(_)));
}

#[test]
fn a_killed_holder_unlocks_the_task_and_leaves_a_readable_log() {
    let mut task = shell(&numbers(10_000_000));
    wait_for("some output", || (task.log().length() > 100_000).then_some(()));
    let holder = Pid::from_raw(task.spawned.holder.cast_signed()).unwrap();
    rustix::process::kill_process(holder, Signal::KILL).unwrap();
    task.wait_for_holder_to_leave();
    assert!(!task.is_locked() && !task.dir.join("exit.json").exists());
    let bytes = read_log(&LogReader::open(&task.dir).unwrap());
    assert!(bytes.len() > 100_000);
    assert_numbers(0, &bytes);
    // the terminal is gone, so the program has been told to go
    let program = task.run_record().program;
    wait_for("the program to end", || (!aside::holder::process::lives(program)).then_some(()));
}

#[test]
fn signals_that_end_other_programs_do_not_end_a_holder() {
    let task = shell("read x; exit 6");
    let holder = Pid::from_raw(task.spawned.holder.cast_signed()).unwrap();
    for signal in
        [Signal::HUP, Signal::INT, Signal::TERM, Signal::PIPE, Signal::TSTP, Signal::USR1, Signal::XFSZ]
    {
        rustix::process::kill_process(holder, signal).unwrap();
    }
    task.input(b"\n");
    assert_eq!(task.exit_record().end, End::Code(6));
}

#[test]
fn a_holder_without_descriptors_left_does_not_spin_and_recovers() {
    let task = shell("read x");
    let holder = Pid::from_raw(task.spawned.holder.cast_signed());
    let full = Rlimit { current: Some(3), ..getrlimit(Resource::Nofile) };
    let before = prlimit(holder, Resource::Nofile, full).unwrap();
    let mut waiting = UnixStream::connect(task.dir.join("sock")).unwrap();
    let mut hello = Vec::new();
    ToHolder::Hello { version: 1 }.encode(&mut hello);
    waiting.write_all(&hello).unwrap();
    prlimit(holder, Resource::Nofile, before).unwrap();
    waiting.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    assert!(waiting.read(&mut [0; 64]).unwrap() > 5);
}
