//! Verbs as scripts use them: what they print, how they exit, what they leave behind.

use crate::world::World;
use aside::protocol::client::{Farewell, ToClient, encode};
use serde_json::Value;
use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixListener,
    process::Stdio,
};

const ASIDE: &str = env!("CARGO_BIN_EXE_aside");

/// A verb of this world that must succeed; what it printed.
fn ok(world: &World, arguments: &[&str]) -> String {
    world.run(arguments).ok().stdout()
}

/// A verb that must fail like this, saying one sentence.
#[track_caller]
fn fails(world: &World, arguments: &[&str], code: i32, sentence: &str) {
    let output = world.run(arguments);
    let told = output.stderr();
    assert_eq!(output.code(), code, "{output:?}");
    assert!(
        told.starts_with("aside: ") && told.lines().count() == 1 && told.contains(sentence),
        "{output:?}"
    );
}

fn json(world: &World, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(world, arguments)).unwrap()
}

#[test]
fn looking_starts_and_makes_nothing() {
    let world = World::new();
    assert_eq!(ok(&world, &["ls"]), "");
    assert_eq!(ok(&world, &["ls", "--json"]), "[]\n");
    assert_eq!(ok(&world, &["ls", "--all", "--json"]), "[]\n");
    fails(&world, &["server", "status"], 1, "no server runs for session main");
    fails(&world, &["wait", "1"], 2, "no task 1");
    fails(&world, &["output", "1"], 2, "no task 1");
    fails(&world, &["stop", "web"], 2, "no task is called web");
    ok(&world, &["server", "stop"]);
    assert_eq!(fs::read_dir(world.path("state")).unwrap().count(), 0);
    assert!(world.processes().is_empty());
}

#[test]
fn wait_passes_on_the_first_bad_code_in_the_order_given() {
    let world = World::new();
    assert_eq!(ok(&world, &["run", "--", "exit 0"]), "1\n");
    assert_eq!(ok(&world, &["run", "--", "exit 3"]), "2\n");
    assert_eq!(ok(&world, &["run", "--name", "shot", "--", "kill -9 $$"]), "3\n");
    assert_eq!(ok(&world, &["run", "sleep", "1000"]), "4\n");
    assert_eq!(world.run(["wait", "1", "2", "3"]).code(), 3);
    assert_eq!(world.run(["wait", "1", "shot", "2"]).code(), 137);
    assert_eq!(world.run(["wait", "1"]).code(), 0);
    assert_eq!(world.run(["run", "--wait", "--", "exit 5"]).code(), 5);
    fails(&world, &["wait", "4", "2", "--timeout", "50ms"], 124, "not ended");
    fails(&world, &["wait", "1", "77"], 2, "no task 77");
}

#[test]
fn a_command_that_cannot_start_says_why_every_time() {
    let world = World::new();
    world.write("work/script", "#!/no/such/interpreter\n");
    fs::set_permissions(world.path("work/script"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    for _ in 0..10 {
        fails(&world, &["run", "/no/such/program", "x"], 127, "/no/such/program");
    }
    fails(&world, &["run", "./script", "x"], 127, "/no/such/interpreter");
    fails(&world, &["run", "--cwd", "gone", "true"], 2, "no such directory: gone");
    fails(&world, &["run", "--cwd", "script", "true"], 2, "not a directory: script");
}

#[test]
fn a_task_inherits_directory_environment_and_umask_of_the_verb() {
    let world = World::new();
    fs::create_dir(world.path("work/below")).unwrap();
    let mut verb = world.command("/bin/sh");
    verb.args([
        "-c",
        "umask 027; \"$0\" run --wait --cwd below 'pwd; umask; echo $GREETING; tty; stty size'",
        ASIDE,
    ]);
    world
        .output({
            verb.env("GREETING", "hello there");
            verb
        })
        .ok();
    let text = ok(&world, &["output", "1"]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("/work/below") && lines[3].starts_with("/dev/"), "{text}");
    assert_eq!((lines[1], lines[2], lines[4]), ("0027", "hello there", "24 80"));
    ok(&world, &["run", "--wait", "--size", "33x7", "stty size"]);
    assert_eq!(ok(&world, &["output", "2"]), "7 33\n");
}

#[test]
fn output_is_text_or_colours_or_bytes_and_the_last_lines_of_each() {
    let world = World::new();
    let line = r"printf 'one\n\033[31mred\033[m\n10%%\r100%%\nend'";
    ok(&world, &["run", "--wait", line]);
    assert_eq!(ok(&world, &["output", "1"]), "one\nred\n100%\nend");
    assert_eq!(ok(&world, &["output", "1", "--tail", "2"]), "100%\nend");
    assert_eq!(ok(&world, &["output", "1", "--lines", "2..3"]), "red\n100%\n");
    assert_eq!(ok(&world, &["output", "1", "--lines", "3.."]), "100%\nend");
    assert_eq!(ok(&world, &["output", "1", "--lines", "9.."]), "");
    assert_eq!(ok(&world, &["output", "1", "--raw"]), "one\r\n\x1b[31mred\x1b[m\r\n10%\r100%\r\nend");
    assert_eq!(ok(&world, &["output", "1", "--raw", "--tail", "1"]), "end");
    let ansi = ok(&world, &["output", "1", "--ansi"]);
    assert!(ansi.contains("31mred") && ansi.contains("\n100%\nend"), "{ansi:?}");
    fails(&world, &["output", "1", "--raw", "--ansi"], 2, "cannot be used with");
    ok(&world, &["server", "stop"]);
    assert_eq!(ok(&world, &["output", "1", "--tail", "1"]), "end");
    fails(&world, &["server", "status"], 1, "no server runs");
}

#[test]
fn following_prints_lines_as_they_come_and_ends_with_the_task() {
    let world = World::new();
    ok(&world, &["run", "--name", "talker", "while read line; do echo \"got $line\"; done; printf rest"]);
    let mut follow = world.aside(["output", "talker", "--follow"]);
    let mut follow = follow.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufReader::new(follow.stdout.take().unwrap());
    let mut next = || {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
        line
    };
    for word in ["one", "two"] {
        ok(&world, &["send", "talker", word, "Enter"]);
        assert_eq!([next(), next()], [format!("{word}\n"), format!("got {word}\n")]);
    }
    ok(&world, &["send", "talker", "ctrl-d"]);
    assert_eq!([next(), next()], ["rest", ""]);
    assert!(follow.wait().unwrap().success());
}

#[test]
fn following_ends_when_nobody_reads_even_if_nothing_is_printed() {
    let world = World::new();
    ok(&world, &["run", "echo once; sleep 1000"]);
    for form in ["--text", "--raw"] {
        let mut pipe = world.command("/bin/sh");
        pipe.args(["-c", "{ \"$0\" output 1 --follow $1; echo $? >&2; } | head -n 1", ASIDE, form]);
        let output = world.output(pipe).ok();
        assert_eq!((output.stdout().trim(), output.stderr().trim()), ("once", "0"));
    }
}

#[test]
fn a_list_tells_every_task_under_stable_names() {
    let world = World::new();
    ok(&world, &["run", "--wait", "--name", "build", "echo a; echo b"]);
    world.run(["run", "--wait", "exit 9"]);
    ok(&world, &["run", "sleep 1000"]);
    ok(&world, &["run", "sleep 1000"]);
    ok(&world, &["stop", "3"]);
    let list = json(&world, &["ls", "--json"]);
    let keys: Vec<&str> = list[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "agent children command cwd duration_ms ended_at exit_code foreground id name output_bytes output_lines pid \
                    program signal source started_at state stopped_by why";
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected.split(' ').collect::<Vec<_>>());
    let column =
        |key: &str| list.as_array().unwrap().iter().map(|task| task[key].clone()).collect::<Vec<_>>();
    assert_eq!(column("id"), [1, 2, 3, 4]);
    assert_eq!(column("state"), ["completed", "failed", "stopped", "running"]);
    assert_eq!(column("exit_code"), [Value::from(0), Value::from(9), Value::Null, Value::Null]);
    assert_eq!((&list[0]["name"], &list[0]["command"]), (&"build".into(), &"echo a; echo b".into()));
    assert_eq!((&list[0]["output_lines"], &list[0]["output_bytes"]), (&2.into(), &6.into()));
    assert!(list[2]["stopped_by"].is_string() && list[2]["signal"].is_number());
    assert!(list[3]["pid"].is_number() && list[0]["pid"].is_null());
    assert_eq!(json(&world, &["show", "build", "--json"]), list[0]);
    let table = ok(&world, &["ls"]);
    assert!(table.starts_with("ID  STATE") && table.lines().count() == 5, "{table}");
}

#[test]
fn screen_shows_the_cells_of_a_task_that_runs() {
    let world = World::new();
    ok(&world, &["run", "--size", "20x4", r"printf '\033[?1049h\033[2;3H\033[1;32mHi\033[m'; read x"]);
    // the program has printed when it waits for a line
    while json(&world, &["screen", "1", "--json"])["rows"][1]["cells"][3]["text"] != "i" {}
    let screen = json(&world, &["screen", "1", "--json"]);
    let cell = &screen["rows"][1]["cells"][2];
    assert_eq!((&cell["text"], &cell["fg"], &cell["width"]), (&"H".into(), &2.into(), &1.into()));
    assert!(cell["attributes"].as_array().unwrap().contains(&"bold".into()), "{cell}");
    assert_eq!((&screen["cursor"]["row"], &screen["cursor"]["col"]), (&1.into(), &4.into()));
    assert_eq!(screen["modes"]["alternate_screen"], true);
    assert_eq!(ok(&world, &["screen", "1"]), "\n  Hi\n");
}

#[test]
fn ended_tasks_are_removed_with_their_files_and_running_ones_are_not() {
    let world = World::new();
    ok(&world, &["run", "--wait", "--name", "a", "echo text"]);
    ok(&world, &["run", "--name", "b", "sleep 1000"]);
    fails(&world, &["rm", "b"], 1, "stop it first");
    ok(&world, &["rename", "b", "a"]);
    fails(&world, &["show", "a"], 2, "several tasks are called a; use a number: 1, 2");
    let told = ok(&world, &["rm", "1"]);
    assert!(told.starts_with("removed 1 task, freed "), "{told}");
    fails(&world, &["show", "1"], 2, "no task 1");
    assert_eq!(ok(&world, &["run", "true"]), "3\n", "a number is never used again");
    assert_eq!(ok(&world, &["prune", "--dry-run"]), "would remove 0 tasks, free 0 B\n");
    assert_eq!(ok(&world, &["prune"]), "removed 0 tasks, freed 0 B\n", "nobody has seen its end yet");
    ok(&world, &["stop", "a", "--signal", "KILL"]);
    assert_eq!(world.run(["wait", "a"]).code(), 137);
}

#[test]
fn a_command_runs_again_as_it_was_given() {
    let world = World::new();
    fs::create_dir(world.path("work/there")).unwrap();
    ok(
        &world,
        &[
            "run",
            "--wait",
            "--name",
            "twice",
            "--cwd",
            "there",
            "--size",
            "40x10",
            "printf '%s\\n' 'a  b'; pwd; stty size",
        ],
    );
    ok(&world, &["run", "--wait", "--", "printf", "%s|", "$HOME", "x  y"]);
    assert_eq!(ok(&world, &["rerun", "1"]), "3\n");
    assert_eq!(ok(&world, &["rerun", "2"]), "4\n");
    ok(&world, &["wait", "3", "4"]);
    assert_eq!(ok(&world, &["output", "3"]), ok(&world, &["output", "1"]));
    assert_eq!(ok(&world, &["output", "4"]), "$HOME|x  y|");
    assert_eq!(json(&world, &["show", "3", "--json"])["name"], "twice");
}

#[test]
fn inside_a_task_verbs_act_on_its_session_and_a_client_is_refused() {
    let world = World::new();
    let line = format!("{ASIDE} run --wait true; {ASIDE}; echo code $?; {ASIDE} ls --json | wc -l");
    ok(&world, &["-s", "other", "run", "--wait", &line]);
    let text = ok(&world, &["-s", "other", "output", "1"]);
    assert!(text.contains("task 1 of session other") && text.contains("--nested"), "{text}");
    assert!(text.contains("code 2\n"), "{text}");
    assert_eq!(json(&world, &["-s", "other", "ls", "--json"]).as_array().unwrap().len(), 2);
    assert_eq!(ok(&world, &["ls"]), "");
    let all = json(&world, &["ls", "--all", "--json"]);
    assert_eq!((all.as_array().unwrap().len(), &all[0]["session"]), (2, &"other".into()));
}

#[test]
fn a_server_keeps_nothing_of_whoever_started_it() {
    let world = World::new();
    let mut pipe = world.command("/bin/sh");
    // the pipe would stay open as long as the server or the task if they kept descriptor 9
    pipe.args(["-c", "\"$0\" run 'sleep 1000' 9>&1 | cat", ASIDE]);
    assert_eq!(world.output(pipe).ok().stdout(), "1\n");
    ok(&world, &["server", "status"]);
}

/// A server that refuses everybody, as one of another version does, and is the process `pid`.
fn refusing_server(world: &World, pid: u32) -> std::thread::JoinHandle<()> {
    let state = world.path("state/aside/main");
    fs::create_dir_all(state.join("tasks")).unwrap();
    for dir in ["state/aside", "state/aside/main", "state/aside/main/tasks"] {
        fs::set_permissions(world.path(dir), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    }
    let socket = world.path("run/old.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let record = serde_json::json!({ "pid": pid, "socket": socket, "version": "0.0.1" });
    fs::write(state.join("server.json"), record.to_string()).unwrap();
    std::thread::spawn(move || {
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().unwrap();
            let hello = ToClient::Hello { version: 0, program: "0.0.1".into(), pid };
            stream.write_all(&encode(&hello).unwrap()).unwrap();
            let bye = ToClient::Bye(Farewell::Refused("this aside speaks another protocol".into()));
            stream.write_all(&encode(&bye).unwrap()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let _closed = stream.read_to_end(&mut vec![]);
        }
    })
}

#[test]
fn a_server_of_another_version_is_named_and_can_be_stopped() {
    let world = World::new();
    let mut process = world.command("sleep").arg("1000").stdout(Stdio::null()).spawn().unwrap();
    let server = refusing_server(&world, process.id());
    fails(&world, &["run", "true"], 2, "this aside speaks another protocol");
    let status = json(&world, &["server", "status", "--json"]);
    assert_eq!((&status["version"], &status["pid"]), (&"0.0.1".into(), &process.id().into()));
    ok(&world, &["server", "stop"]);
    let ended = process.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(15));
    server.join().unwrap();
}

#[test]
fn garbage_behind_the_socket_is_told_and_the_deadline_kept() {
    let world = World::new();
    let server = refusing_server(&world, 1);
    let socket = world.path("run/old.sock");
    fs::remove_file(&socket).unwrap();
    let listener = UnixListener::bind(&socket).unwrap();
    let silent = std::thread::spawn(move || {
        let (mut first, _) = listener.accept().unwrap();
        first.write_all(b"SSH-2.0-OpenSSH\r\n").unwrap();
        let second = listener.accept().unwrap();
        (first, second)
    });
    fails(&world, &["server", "status"], 1, "does not speak this protocol");
    fails(&world, &["server", "status"], 1, "does not answer");
    drop((silent.join().unwrap(), server));
}

#[test]
fn doctor_names_what_is_wrong() {
    let world = World::new();
    let well = world.run(["doctor"]).ok().stdout();
    assert!(well.contains("ok      directories") && well.contains("none runs"), "{well}");
    world.write("config/aside/config.toml", "keymapp = 'x'\n");
    let told = world.run(["doctor"]);
    assert_eq!(told.code(), 1);
    assert!(told.stdout().contains("did you mean keymap?"), "{told:?}");
    fs::set_permissions(world.path("state/aside/main"), std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .unwrap();
    fails(&world, &["run", "true"], 1, "chmod 700");
}

#[test]
fn output_that_cannot_be_written_is_an_error_and_a_pipe_that_closed_is_none() {
    let world = World::new();
    ok(&world, &["run", "--wait", "true"]);
    let shell = |line: &str| {
        let mut shell = world.command("/bin/sh");
        shell.args(["-c", line, ASIDE]);
        world.output(shell)
    };
    let full = shell("\"$0\" ls >/dev/full");
    assert_eq!(full.code(), 1);
    assert!(full.stderr().contains("No space left"), "{full:?}");
    // true reads nothing
    let closed = shell("for verb in ls keys --help 'show 1'; do { \"$0\" $verb; echo $? >&2; } | true; done");
    assert_eq!(closed.stderr(), "0\n0\n0\n0\n");
    assert_eq!(shell("\"$0\" ls >&-; echo $?").stdout(), "0\n");
}

#[test]
fn grep_finds_lines_in_every_task_living_and_ended() {
    let world = World::new();
    ok(
        &world,
        &["run", "--wait", "--name", "build", r"printf 'one\n\033[31mError: two\033[m\nthree\rError: bar\n'"],
    );
    ok(&world, &["run", "echo error here; echo other; read x"]);
    ok(&world, &["run", "--wait", "echo nothing"]);
    world.run(["wait", "2", "--until", "needs-input"]);
    assert_eq!(ok(&world, &["grep", "error"]), "1:2:Error: two\n1:3:Error: bar\n2:1:error here\n");
    assert_eq!(ok(&world, &["grep", "Error"]), "1:2:Error: two\n1:3:Error: bar\n", "a capital means case");
    assert_eq!(ok(&world, &["grep", "--running", "error"]), "2:1:error here\n");
    assert_eq!(ok(&world, &["grep", "^err|bar$", "build"]), "1:2:Error: two\n1:3:Error: bar\n");
    assert_eq!(ok(&world, &["grep", "-c", "error"]), "1:2\n2:1\n");
    assert_eq!(
        ok(&world, &["grep", "-F", "r: t", "--json"]),
        "{\"task\":1,\"line\":2,\"text\":\"Error: two\"}\n"
    );
    assert_eq!(world.run(["grep", "nowhere"]).code(), 1);
    fails(&world, &["grep", "(", "1"], 2, "is no regular expression");
    fails(&world, &["grep", "x", "9"], 2, "no task 9");
}
