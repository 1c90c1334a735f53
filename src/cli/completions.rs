//! `completions`: what a shell needs to complete commands and options.

use super::exit::Failure;
use super::output;
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn command(options: &Arguments) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    // Into memory first: the generator panics where it cannot write, such as into a pipe that was closed.
    clap_complete::generate(options.shell, &mut super::Arguments::command(), "sanctionwatch", &mut script);
    let mut out = output::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
