//! The program: reads the command line, runs it, prints the error chain once, gives the exit code.

fn main() {}
