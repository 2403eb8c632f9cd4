//! The holder of one task, as a small program of its own. See `aside::holder`.

fn main() -> std::process::ExitCode {
    aside::holder::main()
}
