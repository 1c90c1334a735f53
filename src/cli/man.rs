//! `man`: the manual pages, from what the commands say of themselves.

use super::exit::{CANNOT_CREATE, Failure};
use super::output;
use anyhow::Context;
use clap::CommandFactory;
use clap_mangen::Man;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write a page for the program and one for each command into this folder, which is made where there is none.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn command(options: &Arguments) -> Result<ExitCode, Failure> {
    // `help` is a command of clap's own; a page for each of its words would tell nothing.
    let mut program = super::Arguments::command().disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &options.folder {
        write_pages(program, folder).map_err(|error| Failure::new(CANNOT_CREATE, error))?;
    } else {
        let mut out = output::stdout();
        page(program).render(&mut out)?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write_pages(program: clap::Command, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut commands = vec![program];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands().cloned());
        let page = page(command);
        let written = page.generate_to(folder);
        written.with_context(|| format!("cannot write {}", folder.join(page.get_filename()).display()))?;
    }
    Ok(())
}

fn page(command: clap::Command) -> Man {
    let version = format!("sanctionwatch {}", env!("CARGO_PKG_VERSION"));
    Man::new(command).source(version).manual("Sanctions watch")
}
