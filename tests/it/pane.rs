//! Panes: tasks beside the main view, typed to, kept, closed.

use crate::{tty::Tty, world::World};
use aside::task::Size;
use rustix::process::{Pid, Signal, kill_process};

const SIZE: Size = Size::new(24, 80);

fn attached(world: &World) -> Tty {
    let tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty
}

fn leader(tty: &mut Tty, key: &str) {
    tty.press("ctrl-space");
    tty.press(key);
}

/// Waits until a row of the right half is this.
#[track_caller]
fn wait_right(tty: &Tty, row: usize, text: &str) {
    tty.wait_until(text, |screen| screen.rows(40, 40).nth(row).is_some_and(|shown| shown.trim_end() == text));
}

#[test]
fn a_task_goes_on_in_a_pane_beside_the_prompt_and_survives_the_server() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("stty -echo; stty size; cat");
    tty.wait_for("21 80");
    leader(&mut tty, "|");
    tty.wait_for("↳ has a pane of its own as task 1");
    tty.type_line("echo the-prompt-is-free");
    tty.wait_for("\nthe-prompt-is-free");
    leader(&mut tty, "Right");
    tty.type_line("for the pane");
    wait_right(&tty, 2, "for the pane");
    tty.wait_until("its cursor", |screen| screen.cursor_position() == (3, 40));
    let record = std::fs::read(world.path("state/aside/main/server.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let server = i32::try_from(record["pid"].as_i64().unwrap()).unwrap();
    kill_process(Pid::from_raw(server).unwrap(), Signal::KILL).unwrap();
    tty.wait_for("the server was restarted; reattached");
    wait_right(&tty, 2, "for the pane");
    leader(&mut tty, "Right");
    tty.type_line("and after");
    wait_right(&tty, 3, "and after");
    tty.press("ctrl-b");
    tty.wait_gone("for the pane");
    assert_eq!(world.run(["ls", "--json"]).ok().stdout().matches("\"running\"").count(), 1);
    tty.type_line("/fg 1");
    tty.wait_for("and after");
    tty.type_text("\x04");
    tty.wait_for("✓");
}

#[test]
fn a_shell_in_a_pane_has_its_size_follows_the_terminal_and_closes_with_its_end() {
    let world = World::new();
    let mut tty = attached(&world);
    leader(&mut tty, "-");
    tty.wait_for("● 1 /bin/sh");
    tty.type_line("stty size");
    tty.wait_for("\n9 80\n");
    leader(&mut tty, "z");
    tty.wait_gone("❯");
    tty.type_line("stty size");
    tty.wait_for("21 80");
    leader(&mut tty, "z");
    tty.resize(Size::new(30, 100));
    tty.wait_for("❯");
    tty.type_line("echo; stty size");
    tty.wait_for("\n13 100\n");
    // a click on the main view goes there
    tty.send(b"\x1b[<0;3;1M\x1b[<0;3;1m");
    tty.type_line("echo clicked-$((20 + 2))");
    tty.wait_for("clicked-22\n✓");
    leader(&mut tty, "Down");
    tty.type_line("exit 3");
    tty.wait_gone("● 1 /bin/sh");
    tty.wait_for("Background task failed: \"/bin/sh\" (exit 3)");
}
