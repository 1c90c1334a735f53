//! The program: reads the command line, runs it, prints the error chain once, gives the exit code.

use sanctionwatch::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
