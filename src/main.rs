//! The `aside` program.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
