//! Agents as tasks, driven with a scripted agent of our own: permissions before launch, the fence, states and results. No
//! network and no model.

use crate::world::World;
use aside::task::Size;

/// An agent that says what it was asked, asks a question as real ones do (OSC 7501), reports its result and ends.
const AGENT: &str = r#"#!/bin/sh
printf '\033]7501;state=working:app=mine\033\\asked: %s\n' "$1"
case $1 in
  silent) exit 0 ;;
  ask) printf '\033]7501;state=blocked:app=mine:kind=permission:msg=cm0gLXJmIHg=\033\\allow? '
       read -r answer; echo "answer: $answer" ;;
  spawn) aside run --wait -- "echo out > $HOME/outside" || echo "child failed"; echo in > inside ;;
esac
ASIDE report done -m "Looked at it.
- found 3 endpoints
- wrote docs.md"
printf '\033]7501;state=clear\033\\'
"#;

fn world() -> World {
    let world = World::new();
    let aside = env!("CARGO_BIN_EXE_aside");
    let script = AGENT
        .replace("ASIDE report", &format!("{aside} report"))
        .replace("aside run", &format!("{aside} run"));
    world.write("work/mine", script);
    let path = world.path("work/mine");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    world.write("config/aside/config.toml", format!("[agent.mine]\nbin = '{}'\n", path.display()));
    world
}

/// A field of a task, as `jq` would print it.
fn field(world: &World, id: &str, pointer: &str) -> String {
    let json = world.run(["show", id, "--json"]).ok().stdout();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    value
        .pointer(pointer)
        .map_or_else(String::new, |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
}

fn run(world: &World, more: &[&str], prompt: &str) -> String {
    let words = ["agent", "run", "mine", "--background"].iter().chain(more).copied().chain(["--", prompt]);
    world.run(words).ok().stdout().trim().to_owned()
}

const FULL: [&str; 4] = ["--permissions", "full", "--fence", "none"];

#[test]
fn nothing_is_started_without_stated_permissions_or_without_the_program() {
    let world = world();
    let refused = |words: &[&str], code: i32, said: &str| {
        let output = world.run(words);
        assert_eq!(output.code(), code, "{output:?}");
        assert!(output.stderr().contains(said), "{output:?}");
    };
    refused(&["agent", "run", "mine", "--background", "--", "x"], 2, "no terminal to ask for permissions");
    refused(&["agent", "run", "mine", "--permissions", "full", "--", "x"], 2, "must be stated twice");
    refused(&["agent", "run", "mine", "--permissions", "ask", "--", "x"], 2, "cannot be held to ask");
    refused(&["agent", "run", "mien", "--permissions", "ask", "--", "x"], 2, "did you mean mine?");
    world.write("config/aside/config.toml", "[agent.claude]\nbin = '/nowhere/claude'\n");
    let missing = ["agent", "run", "claude", "--permissions", "ask", "--", "x"];
    refused(&missing, 127, "no program /nowhere/claude in /nowhere; to install it: npm install");
    assert_eq!(world.run(["ls", "--json"]).ok().stdout().trim(), "[]");
    assert!(world.run(["agent", "list"]).ok().stdout().contains("claude"));
}

#[test]
fn an_agent_has_completed_only_when_it_said_so() {
    let world = world();
    let good = run(&world, &FULL, "document it");
    assert!(world.run(["wait", &good]).is_success());
    assert_eq!(field(&world, &good, "/state"), "completed");
    assert_eq!(field(&world, &good, "/agent/level"), "full");
    assert_eq!(field(&world, &good, "/agent/prompt"), "document it");
    assert!(world.run(["output", &good]).ok().stdout().contains("asked: document it"));
    let silent = run(&world, &FULL, "silent");
    world.run(["wait", &silent]);
    assert_eq!(field(&world, &silent, "/state"), "unknown");
    assert!(field(&world, &silent, "/why").contains("reported no result"));
    let tty = world.attach(Size::new(24, 80));
    tty.wait_for("found 3 endpoints");
    tty.wait_for("wrote docs.md");
}

#[test]
fn a_permission_it_asks_for_is_told_and_can_be_answered() {
    let world = world();
    let id = run(&world, &FULL, "ask");
    world.run(["wait", &id, "--until", "needs-input"]).ok();
    assert!(field(&world, &id, "/why").contains("needs a permission (OSC 7501): rm -rf x"));
    world.run(["send", &id, "no", "Enter"]).ok();
    world.run(["wait", &id]).ok();
    assert!(world.run(["output", &id]).ok().stdout().contains("answer: no"));
}

#[test]
fn the_fence_holds_for_the_agent_and_for_what_it_starts() {
    let world = world();
    if !world.run(["fence", "--", "true"]).is_success() {
        println!("skipped: this kernel has no Landlock");
        return;
    }
    world.write("work/in/keep", "");
    let output = world.run(["fence", "--writable", "in", "--", "sh", "-c", "echo x > in/a; echo y > b"]);
    assert_ne!(output.code(), 0, "{output:?}");
    assert!(world.path("work/in/a").exists() && !world.path("work/b").exists());

    // the world is below the temporary directory, which an agent may write: another one here
    let mut command = world.aside(["agent", "run", "mine", "--background", "--permissions", "full"]);
    command.args(["--fence", "workspace", "--", "spawn"]).env("TMPDIR", world.path("work/in"));
    let id = world.output(command).ok().stdout().trim().to_owned();
    world.run(["wait", &id]);
    let printed = world.run(["output", &id]).ok().stdout();
    assert!(printed.contains("child failed"), "{printed}");
    assert!(world.path("work/inside").exists() && !world.path("outside").exists());
    assert_eq!(field(&world, &id, "/agent/fence"), "workspace");
}

#[test]
fn the_prompt_asks_before_it_launches_and_full_without_a_fence_twice() {
    let world = world();
    let mut tty = world.attach(Size::new(24, 80));
    tty.wait_for("❯");
    tty.type_line("& @mine count the lines");
    tty.wait_for("Start mine?");
    tty.wait_for("count the lines");
    tty.press("Enter");
    tty.wait_for("It may do everything you may");
    tty.press("Enter");
    tty.wait_for("found 3 endpoints");
    assert_eq!(field(&world, "1", "/agent/level"), "full");
    tty.type_line("@mine again");
    tty.wait_for("Start mine?");
    tty.press("Esc");
    tty.wait_gone("Start mine?");
    tty.wait_for("exit 130");
    tty.type_line("@nobody x");
    tty.wait_for("there is no agent nobody");
}

#[test]
fn an_agent_drives_its_own_tasks_over_mcp_and_no_others() {
    let world = world();
    world.run(["run", "--", "echo private; sleep 1000"]).ok();
    let call = |id: u32, tool: &str, arguments: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
        )
    };
    let hello = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"scripted","version":"1"}}}"#;
    let lines = [
        hello.to_owned(),
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned(),
        call(1, "run_task", r#"{"command":"echo hello; read x; echo got-$x"}"#),
        call(2, "wait_for", r#"{"id":2,"seconds":30}"#),
        call(3, "send_input", r#"{"id":2,"text":"secret-word","keys":["Enter"]}"#),
        call(4, "wait_for", r#"{"id":2,"seconds":30}"#),
        call(5, "task_output", r#"{"id":2}"#),
        call(6, "task_output", r#"{"id":1}"#),
        call(7, "list_tasks", "{}"),
        call(8, "report_result", r#"{"state":"done","message":"x"}"#),
    ];
    world.write("work/calls", lines.join("\n") + "\n");
    let mut command = world.command("sh");
    command.args(["-c", "\"$0\" mcp < calls", env!("CARGO_BIN_EXE_aside")]);
    let said = world.output(command).ok().stdout();
    let answers: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = |id: usize| answers[id]["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(answers.len(), 9, "{said}");
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "aside");
    assert!(text(2).contains("needs-input"), "{}", text(2));
    assert!(text(4).contains("completed"), "{}", text(4));
    assert!(text(5).starts_with("<untrusted") && text(5).contains("got-secret-word"), "{}", text(5));
    assert!(answers[6]["result"]["isError"] == true && text(6).contains("was not started here"));
    assert!(!text(7).contains("private"), "{}", text(7));
    assert!(text(8).contains("no task of aside"));
    let audit = std::fs::read_to_string(world.path("state/aside/main/mcp-audit.jsonl")).unwrap();
    assert!(audit.contains("\"client\":\"scripted\"") && audit.lines().count() == 8, "{audit}");
    assert!(!audit.contains("secret-word"), "{audit}");
}
