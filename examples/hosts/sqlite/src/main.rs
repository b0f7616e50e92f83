//! `pool-sqlite`: a customer pool in one SQLite file.

mod program;

use std::process::ExitCode;

use clap::Parser;
use program::{Arguments, run};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
