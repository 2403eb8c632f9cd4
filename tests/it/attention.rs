//! What a task waits for, found out from real programs: exact where they wait for a line or a password, and never
//! claimed of one that does not.

use crate::world::{World, deadline};
use aside::task::Size;
use std::time::Instant;

/// Starts a line in the background; its number.
fn start(world: &World, words: &[&str]) -> String {
    let all = ["run", "--"].iter().chain(words).copied();
    let said = world.run(all).ok().stdout();
    let number: String =
        said.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    assert!(!number.is_empty(), "{said}");
    number
}

/// A field of a task; strings without quotes.
fn field(world: &World, id: &str, name: &str) -> String {
    let shown = world.run(["show", id, "--json"]).ok().stdout();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    shown[name].as_str().map_or_else(|| shown[name].to_string(), str::to_owned)
}

/// Waits until a field of a task is what it should be.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a deadline of a test")]
fn wait_field(world: &World, id: &str, name: &str, wanted: &str) {
    let until = Instant::now() + deadline();
    loop {
        let found = field(world, id, name);
        if found == wanted {
            return;
        }
        assert!(
            Instant::now() < until,
            "task {id}: {name} is {found}, not {wanted}: {}",
            field(world, id, "why")
        );
    }
}

/// Whether a program is there; says so if not, and `.ci/run` then fails.
fn have(test: &str, program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).any(|dir| dir.join(program).is_file());
    if !found {
        println!("skipped: {test}: {program} is not installed");
    }
    found
}

const LINE: &str = "its foreground process is blocked reading a line from the terminal";
const PASSWORD: &str = "its foreground process is blocked reading the terminal with echo off (a password?)";

#[test]
fn programs_that_wait_for_a_line_or_a_password_need_input() {
    let cases: [(&str, &[&str], &str); 7] = [
        ("sh", &["sh", "-c", "printf 'name? '; read x"], LINE),
        ("python3", &["python3", "-c", "input('Do you want to continue? [Y/n] ')"], LINE),
        ("python3", &["python3", "-c", "import getpass; getpass.getpass()"], PASSWORD),
        ("bash", &["bash", "-c", "read -s -p 'token: ' x"], PASSWORD),
        // as ssh asks about a host's key: on the terminal itself, whatever its input is
        (
            "sh",
            &[
                "sh",
                "-c",
                "printf 'continue connecting (yes/no/[fingerprint])? ' >/dev/tty; read x </dev/tty",
            ],
            LINE,
        ),
        ("cat", &["cat"], LINE),
        // not root, so that it asks
        ("su", &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "su", "root"], PASSWORD),
    ];
    let world = World::new();
    let installed = cases.iter().filter(|(program, ..)| have("programs that wait …", program));
    let tasks: Vec<_> = installed.map(|(_, words, why)| (start(&world, words), words, why)).collect();
    let seconds = deadline().as_secs().to_string();
    for (id, words, why) in tasks {
        world.run(["wait", &id, "--until", "needs-input", "--timeout", &seconds]).ok();
        assert_eq!(field(&world, &id, "why"), **why, "{words:?}");
        assert_eq!(field(&world, &id, "source"), "terminal", "{words:?}");
    }
}

#[test]
fn programs_that_wait_for_nothing_or_read_keys_run() {
    const KEYS: &str = "reads keys: its terminal is in raw mode";
    const QUIET: &str = "quiet, and not reading its terminal";
    let cases: [(&str, &[&str], &str); 10] = [
        ("sleep", &["sleep", "1000"], QUIET),
        ("sh", &["sh", "-c", "sleep 1000; :"], QUIET),
        ("tail", &["tail", "-f", "/dev/null"], QUIET),
        ("python3", &["python3", "-m", "http.server", "--bind", "127.0.0.1", "0"], QUIET),
        // a watcher that would also take commands on its terminal, as dev servers do
        ("node", &["node", "-e", "process.stdin.on('data', () => {}); console.log('ready')"], QUIET),
        ("vim", &["vim", "-u", "NONE"], KEYS),
        ("less", &["less", "/etc/passwd"], KEYS),
        ("bash", &["bash", "--norc", "-i"], KEYS),
        ("python3", &["python3", "-q"], KEYS),
        ("node", &["node"], KEYS),
    ];
    let world = World::new();
    let installed = cases.iter().filter(|(program, ..)| have("programs that wait for nothing …", program));
    let tasks: Vec<_> = installed.map(|(_, words, why)| (start(&world, words), why)).collect();
    for (id, why) in tasks {
        wait_field(&world, &id, "why", why);
        assert_eq!(field(&world, &id, "state"), "running");
    }
}

#[test]
fn what_a_program_reports_wins_and_outlives_the_server() {
    let world = World::new();
    let blocked = r"printf '\033]7501;state=blocked:kind=permission:app=claude:msg=cm0gLXJm\033\\'; read x; \
        printf '\033]7501;state=working\033\\'; read y";
    let id = start(&world, &["sh", "-c", blocked]);
    wait_field(&world, &id, "why", "claude needs a permission (OSC 7501): rm -rf");
    assert_eq!(field(&world, &id, "source"), "osc-7501");
    world.run(["server", "stop"]).ok();
    wait_field(&world, &id, "why", "claude needs a permission (OSC 7501): rm -rf");
    assert_eq!(field(&world, &id, "state"), "needs-input");
    world.run(["send", &id, "yes", "Enter"]).ok();
    wait_field(&world, &id, "why", "its program says it is working (OSC 7501)");
    assert_eq!(field(&world, &id, "state"), "running", "it knows better than its terminal");
}

#[test]
fn a_bell_a_notification_and_a_shell_that_is_done_ask_for_attention_until_it_is_given() {
    let world = World::new();
    let rings = start(&world, &["sh", "-c", r"printf 'look\a'; sleep 1000; :"]);
    let tells = start(&world, &["sh", "-c", r"printf '\033]777;notify;build;done\033\\'; sleep 1000; :"]);
    let marks =
        r"printf '\033]133;C\033\\out\n\033]133;D;2\033\\\033]133;A\033\\$ \033]133;B\033\\'; sleep 1000; :";
    let shell = start(&world, &["sh", "-c", marks]);
    let seconds = deadline().as_secs().to_string();
    for (id, source, why) in [
        (&rings, "bell", "it rang the bell and has been quiet since"),
        (&tells, "notification", "it sent a notification: build: done"),
        (&shell, "osc-133", "a command in its shell has ended with 2 (OSC 133)"),
    ] {
        world.run(["wait", id, "--until", "needs-input", "--timeout", &seconds]).ok();
        assert_eq!([field(&world, id, "source"), field(&world, id, "why")], [source, why]);
        world.run(["send", id, "x"]).ok();
        wait_field(&world, id, "state", "running");
    }
    let ended = start(&world, &["true"]);
    let told = world.run(["wait", &ended, "--until", "needs-input"]);
    assert_eq!(told.code(), 1, "{told:?}");
    assert!(told.stderr().contains("task 4 has ended (completed) without needing input"), "{told:?}");
}

#[test]
fn a_waiting_task_is_answered_from_the_list_and_a_password_is_kept_nowhere() {
    let world = World::new();
    let mut tty = world.attach(Size::new(24, 80));
    tty.wait_for("❯");
    tty.type_line(
        "& printf 'user: '; read u; stty -echo; printf 'password: '; read p; stty echo; echo \"hi $u ${#p}\"",
    );
    tty.wait_for("running in background as task 1");
    tty.wait_for("1 needs input");
    tty.type_line("/tasks");
    tty.wait_for("a reply");
    tty.press("a");
    tty.wait_for("Reply to task 1:");
    tty.type_text("ann");
    tty.wait_for("Reply to task 1: ann");
    tty.press("Enter");
    let seconds = deadline().as_secs().to_string();
    tty.wait_for("Needs input");
    wait_field(&world, "1", "why", PASSWORD);
    world.run(["wait", "1", "--until", "needs-input", "--timeout", &seconds]).ok();
    tty.wait_for("^Y reply");
    tty.press("ctrl-y");
    tty.wait_for("Password for task 1 (not shown):");
    tty.type_text("s3cr3t-w0rd");
    tty.press("Enter");
    world.run(["wait", "1", "--timeout", &seconds]).ok();
    assert!(world.run(["output", "1"]).ok().stdout().contains("hi ann 11"));
    assert!(!String::from_utf8_lossy(&tty.raw()).contains("s3cr3t"), "{}", tty.screen());
    let mut everywhere = world.command("grep");
    everywhere.args(["-r", "s3cr3t"]).arg(world.path("state"));
    assert_eq!(world.output(everywhere).stdout(), "");
}

#[test]
fn an_end_names_who_asked_for_it_and_never_guesses() {
    let world = World::new();
    let (stopped, killed, lost) = (
        start(&world, &["sleep", "1000"]),
        start(&world, &["sleep", "1000"]),
        start(&world, &["sleep", "1000"]),
    );
    let stops = start(&world, &[env!("CARGO_BIN_EXE_aside"), "stop", &stopped]);
    let seconds = deadline().as_secs().to_string();
    let who = format!("task {stops} (");
    world.run(["wait", &stopped, "--timeout", &seconds]);
    let why = field(&world, &stopped, "stopped_by");
    assert!(why.starts_with(&who) && field(&world, &stopped, "state") == "stopped", "{why}");
    world.output(world.command_of(&["kill", "-9"], &[&field(&world, &killed, "pid")])).ok();
    world.run(["wait", &killed, "--timeout", &seconds]);
    assert_eq!(field(&world, &killed, "why"), "SIGKILL, sender unknown");
    // a machine that went down leaves no exit record, and another boot afterwards
    world.run(["server", "stop"]).ok();
    let path = world.path(format!("state/aside/main/tasks/{lost}/run.json"));
    let mut run: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    world.output(world.command_of(&["kill", "-9"], &[&run["holder"]["pid"].to_string()])).ok();
    run["boot_id"] = "another".into();
    std::fs::write(&path, run.to_string()).unwrap();
    wait_field(&world, &lost, "state", "lost");
    assert_eq!(field(&world, &lost, "why"), "the machine went down");
}
