//! A holder lives for weeks: it costs little, hears nobody else, and is older than the server that talks to it.

use super::bench::{Task, plan, shell, wait_for};
use aside::{
    log::End,
    protocol::holder::{FromHolder, Target, ToHolder, VERSION},
};
use rustix::{
    process::{Gid, Uid, geteuid},
    thread::{set_thread_res_gid, set_thread_res_uid},
};
use std::{
    fs,
    io::Read,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    thread,
};

fn field(process: u32, file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').split_ascii_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn an_idle_holder_keeps_less_than_200_kb_of_its_own() {
    let tasks: Vec<_> = (0..5).map(|_| plan(&["sleep", "1000"]).start()).collect();
    for task in &tasks {
        // talked to, as a server does
        task.probe(|_| ());
        task.input(&[b'x'; 100]);
    }
    let mean =
        tasks.iter().map(|task| field(task.spawned.holder, "smaps_rollup", "Pss_Anon")).sum::<u64>() / 5;
    // the debug build; what is shared among holders is measured on the installed one
    assert!(mean <= 200, "{mean} kB");
}

#[test]
fn an_idle_holder_is_never_woken() {
    let task = shell("read x");
    task.probe(|_| ());
    // its socket is closed now, which wakes it once more
    let switches = || field(task.spawned.holder, "status", "voluntary_ctxt_switches");
    let state =
        || fs::read_to_string(format!("/proc/{}/stat", task.spawned.holder)).unwrap().contains(") S ");
    let mut last = 0;
    let asleep = || {
        let now = (switches(), state());
        let same = now == (last, true);
        last = now.0;
        same.then_some(())
    };
    wait_for("the holder to sleep", asleep);
    let before = switches();
    // another task's whole life is long enough for a timer to show
    let mut other = shell("sleep 0.5");
    other.wait_for_holder_to_leave();
    assert_eq!(switches(), before);
}

#[test]
fn another_user_is_not_heard() {
    if !geteuid().is_root() {
        return;
    }
    let task = shell("read x");
    let socket = task.dir.join("sock");
    for part in socket.ancestors().take_while(|part| part.starts_with("/tmp/.tmp") || part.ends_with("sock"))
    {
        fs::set_permissions(part, fs::Permissions::from_mode(0o777)).unwrap();
    }
    let stranger = thread::spawn(move || {
        let (user, group) = (Uid::from_raw(65534), Gid::from_raw(65534));
        set_thread_res_gid(group, group, group).unwrap();
        set_thread_res_uid(user, user, user).unwrap();
        let mut stream = UnixStream::connect(socket).unwrap();
        stream.read(&mut [0; 16])
    });
    // either end may notice first
    assert!(!matches!(stranger.join().unwrap(), Ok(1..)));
    assert!(task.client().request(&ToHolder::Probe).is_ok());
}

#[test]
fn a_server_of_another_version_is_told_the_holders() {
    let task = shell("read x");
    let mut client = task.client();
    match client.request(&ToHolder::Hello { version: 99 }).unwrap() {
        FromHolder::Hello(greeting) => assert_eq!(greeting.version, VERSION),
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_connections_than_places_push_out_the_oldest_and_a_new_one_always_gets_in() {
    let task = shell("read x");
    let mut clients: Vec<_> = (0..30).map(|_| task.client()).collect();
    assert!(clients[0].request(&ToHolder::Probe).is_err());
    assert!(clients[29].request(&ToHolder::Probe).is_ok());
}

#[test]
fn a_tree_that_keeps_forking_is_ended_as_a_whole() {
    let mut task = shell("while :; do sleep 1000 & sleep 0.002; done");
    wait_for("some children", || (descendants(&task) > 5).then_some(()));
    wait_for("the end of all", || {
        if task.spawned.child.try_wait().unwrap().is_some() {
            return Some(());
        }
        if let Ok((mut client, _)) = aside::holder::client::Client::connect(&task.dir) {
            let number = libc::SIGKILL.try_into().unwrap();
            let _ = client.request(&ToHolder::Signal { target: Target::Tree, number, who: "a test" });
        }
        None
    });
    assert_eq!(task.exit_record().end, End::Signal { number: libc::SIGKILL, core: false });
}

fn descendants(task: &Task) -> u32 {
    task.probe(|probed| probed.descendants)
}
