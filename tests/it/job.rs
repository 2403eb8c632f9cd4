//! The main job: a command, Ctrl+B, keep working, be told, review it, leave, come back.

use crate::{tty::Tty, world::World};
use aside::task::Size;
use std::path::Path;

const SIZE: Size = Size::new(24, 80);

fn attached(world: &World) -> Tty {
    let tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty
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

#[test]
fn a_command_runs_inline_and_its_directory_and_variables_hold_for_the_next() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("mkdir -p sub && cd sub; export FRUIT=pear; umask 027; echo first");
    tty.wait_for("first\n✓");
    tty.type_line("basename $PWD; echo $FRUIT; umask");
    tty.wait_for("sub\npear\n0027\n✓");
    tty.type_line("sh -c 'exit 3'");
    tty.wait_for("✗ exit 3");
}

/// As by `docker exec` or an init without a session, and as by a program that blocks what it waits for otherwise.
#[test]
fn a_client_works_whatever_session_and_signal_mask_it_was_started_with() {
    let wrappers: [&[&str]; 2] = [
        &["unshare", "--pid", "--fork", "sh", "-c", "\"$@\"; exit $?", "sh"],
        &["env", "--block-signal=CHLD,TERM,HUP,WINCH"],
    ];
    for wrapper in wrappers {
        let world = World::new();
        if !world.output(world.command_of(wrapper, &["true"])).is_success() {
            println!("skipped: a client works …: {} is not permitted", wrapper[0]);
            continue;
        }
        let mut tty = Tty::start(world.command_of(wrapper, &[env!("CARGO_BIN_EXE_aside")]), SIZE);
        tty.wait_for("❯");
        tty.type_line("grep SigBlk /proc/self/status");
        tty.wait_for("0000000000000000\n✓");
        tty.type_line("/detach");
        assert_eq!(tty.wait_exit(), 0);
    }
}

#[test]
fn a_detached_task_keeps_running_and_comes_back_as_it_was() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("printf 'one\\n'; read x; echo got-$x; read y; echo then-$y");
    tty.wait_for("one");
    tty.press("ctrl-b");
    tty.wait_for("running in background as task 1 · output: aside output 1");
    tty.type_line("echo meanwhile");
    tty.wait_for("meanwhile\n✓");
    world.run(["send", "1", "two", "Enter"]).ok();
    tty.type_line("/fg 1");
    tty.wait_for("got-two");
    tty.type_line("three");
    tty.wait_for("then-three");
    tty.wait_for("✓");
    assert!(world.run(["output", "1"]).ok().stdout().contains("got-two\nthree\nthen-three"));
}

#[test]
fn the_end_of_a_background_task_is_told_truthfully() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("echo result; exit 4 &");
    tty.wait_for("Background task failed: \"echo result; exit 4\" (exit 4)");
    tty.wait_for("• exit 4 · ");
    tty.wait_for("1 line\n  • result");
    tty.type_line("& kill -9 $$");
    tty.wait_for("was killed: \"kill -9 $$\" (SIGKILL, sender unknown)");
    tty.type_line("sleep 1000 &");
    tty.wait_for("running in background as task 3");
    tty.type_line("/stop 3");
    tty.wait_for("was stopped: \"sleep 1000\" (by you)");
}

#[test]
fn the_chord_for_people_inside_tmux_sends_to_the_background_too() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("sleep 1000");
    tty.wait_for("▶ sleep 1000");
    tty.press("ctrl-x");
    tty.press("ctrl-b");
    tty.wait_for("running in background as task 1");
}

#[test]
fn a_paused_command_goes_on_or_steps_aside() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("cat");
    // it answers: a dash that is still in its vfork waits for a child that is stopped already, and is itself never stopped
    tty.type_line("there");
    tty.wait_for("there\nthere");
    tty.press("ctrl-z");
    tty.wait_for("‖ cat · paused");
    tty.press("Enter");
    tty.wait_for("▶ cat");
    tty.type_line("hello");
    tty.wait_for("hello\nhello");
    tty.press("ctrl-z");
    tty.wait_for("paused");
    tty.press("ctrl-b");
    tty.wait_for("running in background as task 1");
    tty.wait_for("1 paused");
    tty.type_line("/bg 1");
    tty.wait_gone("1 paused");
}

#[test]
fn a_long_command_moves_by_itself_and_one_that_reads_the_terminal_stays() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("export BASH_DEFAULT_TIMEOUT_MS=300");
    tty.wait_for("✓");
    tty.type_line("while :; do echo x >/dev/null; done");
    tty.wait_for("Command did not complete within 0.3s and was moved to the background as task");
    tty.type_line("/stop 2");
    tty.wait_for("was stopped");
    tty.type_line("read answer; echo read-$answer");
    tty.wait_for("▶ read answer");
    world.run(["wait", "3", "--timeout", "1s"]);
    tty.type_line("yes");
    tty.wait_for("read-yes");
}

#[test]
fn many_ends_at_once_are_three_lines_and_a_summary_failures_first() {
    let world = World::new();
    let tty = attached(&world);
    for id in 1..=7 {
        let code = if id == 2 { 1 } else { 0 };
        world.run(["run", "--name", &format!("job-{id}"), "--", &format!("exit {code}")]).ok();
    }
    let ids: Vec<String> = (1..=7).map(|id| id.to_string()).collect();
    world.run([vec!["wait".to_owned()], ids].concat());
    tty.wait_for("+4 more completed · /tasks");
    let screen = tty.screen();
    let told: Vec<&str> = screen.lines().filter(|line| line.contains("Background task ")).collect();
    assert_eq!(told.len(), 3, "{screen}");
    assert!(told[0].contains("failed: \"job-2\" (exit 1)"), "failures first: {screen}");
    assert!(
        screen.lines().last().is_some_and(|line| line.contains("+4")),
        "the status line counts too: {screen}"
    );
}

#[test]
fn closing_the_window_ends_nothing_and_the_next_client_is_told() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("sleep 2000 &");
    tty.wait_for("running in background as task 1");
    tty.type_line("sleep 1000");
    tty.wait_for("▶ sleep");
    tty.close();
    world.run(["stop", "1"]).ok();
    let tty = world.attach(SIZE);
    tty.wait_for("▶ sleep 1000");
    tty.wait_for("While you were away: 1 stopped");
}

#[test]
fn output_can_be_reviewed_from_top_to_end_and_searched() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("seq 1 5000 | sed s/^/row-/ &");
    tty.wait_for("Background task completed");
    tty.type_line("/output 1");
    tty.wait_for("row-5000");
    tty.press("g");
    tty.wait_for("row-1\nrow-2");
    tty.press("/");
    tty.type_line("w-37.1$");
    tty.wait_for("row-3701");
    tty.press("n");
    tty.wait_for("row-3711");
    tty.wait_for("2 of 10");
    tty.press("&");
    tty.type_line("-49.0$");
    tty.wait_for("4900 row-4900\n4910 row-4910");
    tty.press("Esc");
    tty.wait_for("of 5,000");
    tty.press("G");
    tty.wait_for("row-5000");
    tty.press(":");
    tty.type_line("1h ago");
    tty.wait_for("row-1\nrow-2");
    tty.press("G");
    tty.wait_for("row-5000");
    tty.press("Esc");
    tty.wait_for("❯");
}

#[test]
fn tasks_lists_them_and_leads_to_the_only_one_running() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("sleep 1000 &");
    tty.wait_for("as task 1");
    tty.type_line("/tasks");
    tty.wait_for("Task 1 ● running sleep 1000");
    tty.press("Esc");
    tty.wait_for("Running\n   1");
    tty.press("Esc");
    tty.wait_for("❯");
    tty.type_line("/quit");
    tty.wait_for("1 task running. [y]");
    tty.press("y");
    assert_eq!(tty.wait_exit(), 0);
    assert!(world.run(["ls"]).ok().stdout().contains("running"));
}

#[test]
fn text_from_tasks_reaches_the_terminal_inert() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("printf '\\033]0;evil-title\\007\\033]52;c;ZXZpbA==\\007\\033]9;evil-note\\007\\033[2Jdone\\n'; sh -c 'exit 1' &");
    tty.wait_for("Background task failed");
    let raw = tty.raw();
    for part in [&b"\x1b]0;"[..], b"\x1b]52;", b"\x1b]9;", b"\x07"] {
        assert!(!raw.windows(part.len()).any(|window| window == part), "{part:?} reached the terminal");
    }
}

#[test]
fn a_prompt_without_echo_shows_nothing_of_what_is_typed() {
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("stty -echo; printf 'Password: '; read p; stty echo; echo; echo length ${#p}");
    tty.wait_for("\nPassword:");
    tty.type_line("secret");
    tty.wait_for("length 6");
    assert!(!tty.screen().contains("secret"));
}

#[test]
fn vim_is_edited_in_left_and_leaves_the_screen_as_it_was() {
    if !have("vim_is_edited_in_left_and_leaves_the_screen_as_it_was", "vim") {
        return;
    }
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("vim -u NONE -n -c 'set showmode' file.txt");
    tty.wait_for("\"file.txt\"");
    tty.type_text("ihello from vim");
    tty.wait_for("-- INSERT --");
    tty.press("Esc");
    tty.wait_gone("-- INSERT --");
    tty.type_line(":wq");
    tty.wait_for("✓");
    tty.type_line("cat file.txt");
    tty.wait_for("cat file.txt\nhello from vim");
}

#[test]
fn fish_zsh_and_bash_carry_their_directory_over() {
    let name = "fish_zsh_and_bash_carry_their_directory_over";
    for shell in ["bash", "zsh", "fish"] {
        let path = Path::new("/usr/bin").join(shell);
        if !have(name, shell) || !path.is_file() {
            continue;
        }
        let world = World::new();
        let mut command = world.aside::<[&str; 0]>([]);
        command.env("SHELL", &path);
        let mut tty = Tty::start(command, SIZE);
        tty.wait_for("❯");
        tty.type_line("mkdir -p deep; cd deep; export FRUIT=plum");
        tty.wait_for("✓");
        tty.type_line("basename $PWD; echo $FRUIT");
        tty.wait_for("deep\nplum\n✓");
    }
}

#[test]
fn a_nested_terminal_works_inside() {
    if !have("a_nested_terminal_works_inside", "script") {
        return;
    }
    let world = World::new();
    let mut tty = attached(&world);
    tty.type_line("script -qc 'read x; echo inner-$x' /dev/null");
    tty.wait_for("▶ script");
    tty.type_line("yes");
    tty.wait_for("inner-yes");
    tty.wait_for("✓");
}

#[test]
fn a_slip_in_the_configuration_is_named_and_stops_nothing() {
    let world = World::new();
    world.write("config/aside/config.toml", "[background]\naftr = \"1s\"\n");
    let tty = attached(&world);
    tty.wait_for("config.toml:2: unknown key aftr, did you mean after?");
}

#[test]
fn the_keymap_of_tmux_is_chosen_in_the_configuration_and_read_again_without_a_restart() {
    let world = World::new();
    let mut tty = world.attach(SIZE);
    tty.wait_for("❯");
    // any client that comes makes the server look at its files
    world.write("config/aside/config.toml", "keymap = \"tmux\"\n");
    world.run(["ls"]).ok();
    tty.wait_for("the configuration was read again");
    tty.type_line("cat");
    tty.wait_for("▶ cat");
    tty.send(b"\x02\x02");
    tty.wait_for("↳ running in background as task 1");
    tty.send(b"\x02w");
    tty.wait_for("Task 1 ● running cat");
    world.write("config/aside/config.toml", "# slip\nkeymap = \"tmx\"\n");
    world.run(["ls"]).ok();
    tty.press("Esc");
    tty.wait_for("? cat");
    tty.press("Esc");
    tty.wait_for("config.toml:2: there is no keymap tmx, did you mean tmux?");
}

#[test]
fn what_the_mouse_or_v_selects_is_copied_to_the_clipboard() {
    let world = World::new();
    let mut tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty.type_line("printf 'path: src/a.rs\\nsecond line\\n'");
    tty.wait_for("second line\n✓");
    // the line of the command is row 1, what it printed rows 2 and 3
    tty.send(b"\x1b[<0;7;2M\x1b[<32;9;3M");
    tty.wait_until("a selection", |screen| screen.cell(2, 8).is_some_and(vt100::Cell::inverse));
    tty.send(b"\x1b[<0;6;3m");
    tty.wait_for("copied 2 lines");
    tty.wait_raw(b"\x1b]52;c;c3JjL2EucnMKc2Vjb25k\x1b\\");
    tty.send(b"\x1b[<0;9;2M\x1b[<0;9;2m\x1b[<0;9;2M\x1b[<0;9;2m");
    tty.wait_for("copied 8 characters");
    tty.wait_raw(b"\x1b]52;c;c3JjL2EucnM=\x1b\\");
    tty.type_line("/output 1");
    tty.wait_for("line 1–2 of 2");
    tty.type_text("vky");
    tty.wait_raw(b"\x1b]52;c;cGF0aDogc3JjL2EucnMKc2Vjb25kIGxpbmU=\x1b\\");
    tty.wait_for("copied 2 lines");
}
