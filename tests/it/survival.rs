//! Whatever is killed, the rest goes on: servers under load, clients, many starts at once.

use crate::world::World;
use aside::task::Size;
use rustix::process::{Pid, Signal, kill_process};

const SIZE: Size = Size::new(24, 80);

/// Process id of the server, as its record says.
fn server(world: &World) -> Pid {
    let record = std::fs::read(world.path("state/aside/main/server.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    Pid::from_raw(i32::try_from(record["pid"].as_i64().unwrap()).unwrap()).unwrap()
}

#[test]
fn killing_the_server_under_load_loses_no_byte_and_no_exit() {
    let world = World::new();
    // Lines in which any loss, repetition or reordering shows, until told that it is enough; at most 20 MB of them.
    let line = "i=0; while [ ! -e enough ]; do [ $i -ge 400000 ] && { sleep 0.1; continue; }; end=$((i+1000)); \
                while [ $i -lt $end ]; do echo \"line $i of a long and checked stream of output\"; i=$((i+1)); done; done; exit 7";
    world.run(["run", "--", line]).ok();
    let mut tty = world.attach(SIZE);
    tty.wait_for("❯");
    for _ in 0..6 {
        let tasks = world.run(["ls", "--json"]).ok().stdout();
        let tasks: serde_json::Value = serde_json::from_str(&tasks).unwrap();
        assert_eq!(tasks[0]["state"], "running");
        kill_process(server(&world), Signal::KILL).unwrap();
    }
    world.write("work/enough", "");
    assert_eq!(world.run(["wait", "1"]).code(), 7);
    let text = world.run(["output", "1"]).ok().stdout();
    for (number, line) in text.lines().enumerate() {
        assert_eq!(line, format!("line {number} of a long and checked stream of output"));
    }
    let tasks: serde_json::Value = serde_json::from_str(&world.run(["ls", "--json"]).ok().stdout()).unwrap();
    assert_eq!((tasks[0]["state"].as_str(), tasks[0]["exit_code"].as_i64()), (Some("failed"), Some(7)));
    assert_eq!(tasks[0]["output_lines"].as_u64(), Some(text.lines().count() as u64));
    assert!(text.lines().count() >= 1000, "{}", text.lines().count());
    tty.wait_for("(exit 7)");
    tty.type_line("echo still-here");
    tty.wait_for("still-here\n✓");
    let journal = std::fs::read_to_string(world.path("state/aside/main/journal.jsonl")).unwrap();
    let told = journal.lines().filter(|line| line.contains("\"Ended\":{\"task\":1,")).count();
    assert_eq!(told, 1, "told once: {journal}");
}

#[test]
fn a_program_in_front_survives_its_server() {
    let world = World::new();
    let mut tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty.type_line("echo before; read x; echo after-$x");
    tty.wait_for("\nbefore\n");
    kill_process(server(&world), Signal::KILL).unwrap();
    tty.wait_for("the server was restarted; reattached");
    tty.type_line("it");
    tty.wait_for("after-it");
    tty.wait_for("✓");
}

#[test]
fn sixteen_first_starts_make_one_server() {
    let world = World::new();
    let mut starts: Vec<_> = (0..16)
        .map(|_| {
            world.aside(["run", "--", "sleep 1000"]).stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for start in &mut starts {
        assert!(start.wait().unwrap().success());
    }
    let listed = world.run(["ls"]).ok().stdout();
    assert_eq!(listed.matches("sleep 1000").count(), 16, "one server knows them all: {listed}");
    world.run(["server", "stop", "--tasks"]).ok();
    assert_eq!(world.run(["server", "status"]).code(), 1);
}

#[test]
fn a_killed_client_leaves_the_terminal_as_it_was() {
    let world = World::new();
    let mut tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty.type_line("sleep 1000");
    tty.wait_for("▶ sleep 1000");
    tty.kill_client(Signal::KILL);
    assert_eq!(tty.wait_exit(), 137);
    tty.wait_termios(|termios| termios.local_modes.contains(rustix::termios::LocalModes::ICANON));
    assert!(!tty.look(vt100::Screen::alternate_screen));
    assert!(world.run(["ls"]).ok().stdout().contains("running"));
}

#[test]
fn a_killed_holder_is_told_as_a_lost_task_and_its_log_stays() {
    let world = World::new();
    world.run(["run", "--", "echo kept; sleep 1000"]).ok();
    let record = world.path("state/aside/main/tasks/1/run.json");
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    let holder = i32::try_from(record["holder"]["pid"].as_i64().unwrap()).unwrap();
    let end = world.aside(["output", "1", "--follow"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    kill_process(Pid::from_raw(holder).unwrap(), Signal::KILL).unwrap();
    assert_eq!(world.run(["wait", "1"]).code(), 125);
    let shown: serde_json::Value =
        serde_json::from_str(&world.run(["show", "1", "--json"]).ok().stdout()).unwrap();
    assert_eq!(shown["state"], "lost");
    assert!(end.wait_with_output().unwrap().status.success());
}

#[test]
fn wrong_requests_are_one_sentence_and_an_exit_code() {
    let world = World::new();
    let check = |arguments: &[&str], code: i32, sentence: &str| {
        let output = world.run(arguments);
        assert_eq!(output.code(), code, "{arguments:?}: {}", output.stderr());
        assert!(output.stderr().contains(sentence), "{arguments:?}: {}", output.stderr());
    };
    check(&["frobnicate"], 2, "frobnicate");
    check(&["show", "9"], 2, "no task 9");
    check(&["run", "--cwd", "/no/such/dir", "--", "ls"], 2, "no such directory: /no/such/dir");
    check(&["run", "--", "no-such-program", "x"], 127, "no-such-program");
    check(&["-s", "a/b", "ls"], 2, "'a/b' is not a session name");
    check(&["server", "status"], 0, "");
    world.run(["run", "--", "sleep 1000"]).ok();
    check(&["rm", "2"], 1, "stop it first");
    check(&["wait", "2", "--timeout", "100ms"], 124, "");
    world.run(["stop", "2"]).ok();
    check(&["wait", "2"], 129, "");
}

#[test]
fn verbs_leave_no_connection_behind() {
    let world = World::new();
    world.run(["run", "--", "sleep 1000"]).ok();
    for _ in 0..80 {
        world.run(["ls"]).ok();
    }
}

#[test]
fn what_is_no_terminal_is_told_so() {
    let world = World::new();
    let output = world.run::<[&str; 0]>([]);
    assert_ne!(output.code(), 0);
    assert!(output.stderr().contains("terminal"), "{}", output.stderr());
}

#[test]
fn garbage_on_the_servers_socket_harms_nobody() {
    let world = World::new();
    world.run(["run", "--", "sleep 1000"]).ok();
    let record = std::fs::read(world.path("state/aside/main/server.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let socket = record["socket"].as_str().unwrap();
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 64], &[5, 0, 0, 0, 1, 2, 3, 4, 5], b""] {
        let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
        std::io::Write::write_all(&mut stream, bytes).unwrap();
    }
    assert!(world.run(["ls"]).ok().stdout().contains("running"));
}

#[test]
fn a_stale_socket_and_record_are_taken_over_without_a_question() {
    let world = World::new();
    world.run(["run", "--", "sleep 1000"]).ok();
    kill_process(server(&world), Signal::KILL).unwrap();
    assert!(world.run(["ls"]).ok().stdout().contains("running"));
}

#[test]
fn a_runtime_directory_others_may_enter_is_refused_by_name() {
    let world = World::new();
    std::fs::create_dir_all(world.path("run/aside")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(world.path("run/aside"), mode).unwrap();
    let output = world.run(["run", "--", "true"]);
    assert_eq!(output.code(), 1);
    assert!(output.stderr().contains("chmod 700"), "{}", output.stderr());
}

#[test]
fn the_fields_of_a_listed_task_are_those_promised() {
    let world = World::new();
    world.run(["run", "--wait", "--", "echo one; kill -TERM $$"]);
    let tasks: serde_json::Value = serde_json::from_str(&world.run(["ls", "--json"]).ok().stdout()).unwrap();
    let mut fields: Vec<&String> = tasks[0].as_object().unwrap().keys().collect();
    fields.sort();
    let promised = [
        "agent",
        "children",
        "command",
        "cwd",
        "duration_ms",
        "ended_at",
        "exit_code",
        "foreground",
        "id",
        "name",
        "output_bytes",
        "output_lines",
        "pid",
        "program",
        "signal",
        "source",
        "started_at",
        "state",
        "stopped_by",
        "why",
    ];
    assert_eq!(fields, promised);
    assert_eq!((tasks[0]["state"].as_str(), tasks[0]["signal"].as_i64()), (Some("killed"), Some(15)));
    assert!(tasks[0]["exit_code"].is_null());
    assert_eq!(tasks[0]["output_lines"], 1);
}

#[test]
fn output_is_cut_to_its_tail_and_given_raw() {
    let world = World::new();
    world.run(["run", "--wait", "--", "printf 'a\\nb\\nc\\n'"]);
    assert_eq!(world.run(["output", "1", "--tail", "2"]).ok().stdout(), "b\nc\n");
    assert_eq!(world.run(["output", "1", "--raw"]).ok().stdout(), "a\r\nb\r\nc\r\n");
    assert_eq!(world.run(["output", "1", "--raw", "--tail", "1"]).ok().stdout(), "c\r\n");
    assert_eq!(world.run(["wait", "1", "7"]).code(), 2);
}

#[test]
fn a_session_is_not_attached_inside_itself() {
    let world = World::new();
    let mut command = world.aside::<[&str; 0]>([]);
    command.env("ASIDE_TASK", "1").env("ASIDE_SESSION", "main");
    let output = world.output(command);
    assert_eq!(output.code(), 2);
    assert!(output.stderr().contains("--nested"), "{}", output.stderr());
}
