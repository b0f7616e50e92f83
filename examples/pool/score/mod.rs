//! What customers are worth: `rfm`, `clv`, `key-accounts`, `tier`, `rank`.

pub mod accounts;
pub mod clv;
pub mod orders;
pub mod plot;
pub mod rank;
pub mod rfm;
pub mod rows;
pub mod tier;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

/// Where an order log or a table comes from, and how it is answered.
#[derive(Args)]
pub struct Input {
    /// The file, CSV, or `-`; the sample when it is not given
    pub file: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Draws a picture into this file, SVG
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|error| format!("{error}; a day is written 2026-04-28"))
}

/// How an order log is read.
#[derive(Args)]
pub struct Reading {
    /// The last civil day of the analysis, such as 2026-04-28; only the sample has one of its own
    #[arg(long, value_parser = day)]
    pub on: Option<NaiveDate>,
    /// Several orders of a day are several
    #[arg(long)]
    pub single_orders: bool,
    /// What becomes of orders of nothing or less
    #[arg(long, default_value = "dropped")]
    pub non_positive: Refunds,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Refunds {
    /// They are left out and counted
    Dropped,
    /// They are orders like any other
    Kept,
    /// Their amounts are added to the customer's total
    Netted,
}

/// Models of purchasing.
#[derive(Clone, Copy, ValueEnum)]
pub enum Model {
    /// BG/NBD
    BgNbd,
    /// Pareto/NBD
    ParetoNbd,
    /// NBD: nobody is ever lost
    Nbd,
}

#[derive(Subcommand)]
pub enum Clv {
    /// Fits a model to an order log, or to a table of summaries
    Fit {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        reading: Reading,
        /// The model
        #[arg(long, default_value = "bg-nbd")]
        model: Model,
        /// The days in a unit of time: 7 for weeks
        #[arg(long, default_value_t = 7.0)]
        days_per_unit: f64,
        /// The last day of a hold-out after `--on`, against which the model is held
        #[arg(long, value_parser = day)]
        hold_out_until: Option<NaiveDate>,
        /// Writes the fitted model into this file
        #[arg(long, value_name = "MODEL.json")]
        out: Option<PathBuf>,
    },
    /// Predicts with a fitted or given model: who is alive, what they will buy, what they are worth
    Predict {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        reading: Reading,
        /// The model file; without files, the one that is fitted to the sample
        #[arg(long, value_name = "MODEL.json")]
        model: Option<PathBuf>,
        /// The horizon in months of 365.25/12 days
        #[arg(long, default_value_t = 12)]
        months: u32,
        /// The discount rate a year, 0.1 for 10 %
        #[arg(long, default_value_t = 0.1)]
        rate: f64,
        /// The share of spending that is earned
        #[arg(long, default_value_t = 1.0)]
        margin: f64,
        /// How many to list, the most valuable first; 0 for all
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
}
