//! The `aside` program.

fn main() -> std::process::ExitCode {
    aside::cli::main()
}
