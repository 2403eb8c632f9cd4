//! What a task starts with, and what is said when it does not start.

use super::bench::{octets, plan, shell, wait_for};
use aside::{
    holder::{HolderProgram, spawn},
    log::End,
    protocol::holder::ToHolder,
    task::Size,
};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

#[test]
fn a_program_gets_its_arguments_environment_directory_umask_and_size_and_nothing_else() {
    let script =
        r#"printf '%s|' "$@"; env | sort; pwd; umask; stty size; ls -1 /proc/$$/fd; tty; printf done"#;
    let mut plan = plan(&["sh", "-c", script, "zero", "a b", "é"]);
    plan.launch.cwd = "/usr".into();
    plan.launch.umask = 0o27;
    plan.launch.size = Size::new(33, 111);
    plan.launch.environment = ["PATH=/usr/bin:/bin", "ODD=a=b", "EMPTY="].map(Into::into).into();
    let task = plan.start();
    task.exit_record();
    let text = task.text().replace("\r\n", "\n");
    let terminal = task.run_record().terminal;
    assert_eq!(
        text,
        format!(
            "a b|é|EMPTY=\nODD=a=b\nPATH=/usr/bin:/bin\nPWD=/usr\n/usr\n0027\n33 111\n0\n1\n2\n{terminal}\ndone"
        )
    );
}

#[test]
fn arguments_and_directories_need_not_be_text() {
    let mut plan = plan(&["printf", "%s"]);
    let odd = b"\xff\xfe".to_vec();
    plan.launch.argv.push(odd.clone().into());
    let task = plan.start();
    task.exit_record();
    assert_eq!(task.output(), odd);
}

#[test]
fn a_program_has_default_signals_no_blocked_ones_and_the_foreground() {
    let task = shell("grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o stat= -p $$");
    task.exit_record();
    let text = task.text();
    for name in ["SigBlk:\t", "SigIgn:\t"] {
        let (_, mask) = text.split_once(name).unwrap();
        // the C library keeps 32 and 33 for itself and lets nobody touch them
        assert_eq!(u64::from_str_radix(&mask[..16], 16).unwrap() & !(3 << 31), 0, "{text}");
    }
    assert!(text.contains('+'), "not in the foreground: {text}");
}

#[test]
fn a_program_that_reads_at_once_is_never_stopped_for_being_in_the_background() {
    let tasks: Vec<_> = (0..20).map(|_| plan(&["head", "-n1"]).start()).collect();
    for task in &tasks {
        task.input(b"hello\n");
        assert_eq!(task.exit_record().end, End::Code(0));
    }
}

#[test]
fn relative_commands_are_found_in_the_directory_of_the_program() {
    let mut plan = plan(&["./tool"]);
    let tool = plan.path("tool");
    fs::write(&tool, "#!/bin/sh\necho from here").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    plan.launch.cwd = octets(tool.parent().unwrap());
    let task = plan.start();
    task.exit_record();
    assert_eq!(task.text(), "from here\r\n");
}

#[test]
fn what_cannot_be_started_is_one_sentence_that_names_the_thing() {
    let refusal = |argv: &[&str]| plan(argv).refusal();
    assert_eq!(refusal(&["no-such-command"]), "cannot start: no such file or directory: no-such-command");
    assert_eq!(refusal(&["/nonexistent/x"]), "cannot start: no such file or directory: /nonexistent/x");
    assert_eq!(refusal(&["/tmp"]), "cannot start: is a directory: /tmp");
    assert_eq!(refusal(&["/etc/passwd"]), "cannot start: permission denied: /etc/passwd");
    assert_eq!(refusal(&[]), "cannot start: no command");
    let mut nowhere = plan(&["true"]);
    nowhere.launch.cwd = "/nonexistent/dir".into();
    assert_eq!(nowhere.refusal(), "cannot start: no such directory: /nonexistent/dir");
    let mut file = plan(&["true"]);
    file.launch.cwd = "/etc/passwd".into();
    assert_eq!(file.refusal(), "cannot start: not a directory: /etc/passwd");
    let mut gone = plan(&["true"]);
    gone.launch.task_dir = "/nonexistent/task".into();
    assert_eq!(gone.refusal(), "cannot start: /nonexistent/task: no such file or directory");
}

#[test]
fn a_script_whose_interpreter_is_missing_names_the_interpreter() {
    let mut plan = plan(&["./script"]);
    let script = plan.path("script");
    fs::write(&script, "#!/opt/no/such/python3 -u\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    plan.launch.cwd = octets(script.parent().unwrap());
    assert_eq!(
        plan.refusal(),
        "cannot start: ./script: bad interpreter: no such file or directory: /opt/no/such/python3"
    );
}

#[test]
fn a_task_directory_takes_one_holder() {
    let task = shell("read x");
    let mut second = plan(&["true"]);
    second.launch.task_dir = octets(&task.dir);
    let error = second.try_start().map(|_| ()).unwrap_err().to_string();
    assert!(error.ends_with("another holder has this task"), "{error}");
    assert!(task.client().request(&ToHolder::Probe).is_ok());
}

#[test]
fn a_holder_that_does_not_answer_in_time_is_killed() {
    let plan = plan(&["true"]);
    let lock = Path::new(plan.launch.task_dir.as_os_str()).join("lock");
    // opening it for writing waits for a reader
    mknodat(CWD, &lock, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let holder = HolderProgram::at(Path::new(env!("CARGO_BIN_EXE_aside-holder"))).unwrap();
    let error = spawn(&holder, &plan.launch, Duration::from_millis(300)).unwrap_err();
    assert_eq!(error.to_string(), "cannot start: the holder did not answer in time");
    assert!(!Path::new(plan.launch.task_dir.as_os_str()).join("run.json").exists());
}

#[test]
fn tasks_still_start_when_the_program_file_was_replaced_or_removed() {
    let plan = plan(&["echo", "works"]);
    let file = plan.path("aside-holder");
    fs::copy(env!("CARGO_BIN_EXE_aside-holder"), &file).unwrap();
    let holder = HolderProgram::at(&file).unwrap();
    let other = plan.path("other");
    fs::write(&other, "not a program").unwrap();
    fs::rename(&other, &file).unwrap();
    for _ in 0..2 {
        // a test beside this one may have forked while the copy was being written: "text file busy"
        let start = || super::bench::plan(&["echo", "works"]).start_with(&holder).ok();
        let task = wait_for("a start", start);
        task.exit_record();
        assert_eq!(task.text(), "works\r\n");
        let _ = fs::remove_file(&file);
    }
}

#[test]
fn a_task_directory_with_a_very_long_path_works_as_well() {
    let mut plan = plan(&["sh", "-c", "read x; echo got-$x"]);
    let dir = plan.path(&"d".repeat(200));
    fs::create_dir(&dir).unwrap();
    plan.launch.task_dir = octets(&dir);
    let task = plan.start();
    task.input(b"1\n");
    wait_for("the end", || dir.join("exit.json").exists().then_some(()));
    assert!(task.text().contains("got-1"));
}
