//! `check`: everything that is wrong with a policy.

use std::io::Write;
use std::path::Path;

use customer_pool::{Policy, PolicyError};
use serde::Serialize;

use crate::input::read_policy;
use crate::{Exit, Stop};

/// One problem, as a JSON object.
#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    path: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// A policy without problems, as a JSON object.
#[derive(Serialize)]
struct Accepted<'a> {
    policy: &'a str,
    revision: u64,
    digest: String,
    pools: usize,
    triggers: usize,
}

impl<'a> Accepted<'a> {
    fn new(policy: &'a Policy) -> Self {
        let revision = policy.revision();
        Self {
            policy: policy.draft().id().as_str(),
            revision: revision.number(),
            digest: revision.digest().iter().map(|byte| format!("{byte:02x}")).collect(),
            pools: policy.draft().pools().len(),
            triggers: policy.trigger_ids().count(),
        }
    }
}

pub fn run(file: &Path, json: bool, out: &mut impl Write) -> Result<Exit, Stop> {
    let error = match read_policy(file)? {
        Ok(policy) => {
            let accepted = Accepted::new(&policy);
            if json {
                write_json(out, &accepted)?;
            } else {
                let Accepted { policy, revision, digest, pools, triggers } = accepted;
                writeln!(
                    out,
                    "policy `{policy}`, revision {revision}: no problems; {triggers} triggers, {pools} pools"
                )?;
                writeln!(out, "digest {digest}")?;
            }
            return Ok(Exit::Fine);
        }
        Err(error) => error,
    };
    let too_large = error.to_string();
    let problems: Vec<Problem<'_>> = match &error {
        PolicyError::TooLarge(_) => {
            vec![Problem { code: "policy.too_large", path: "$", message: &too_large, line: None, column: None }]
        }
        PolicyError::Shape(shape) => vec![Problem {
            code: "policy.shape",
            path: shape.path(),
            message: shape.message(),
            line: Some(shape.line()),
            column: Some(shape.column()),
        }],
        PolicyError::Problems(problems) => problems
            .iter()
            .map(|p| Problem { code: p.code(), path: p.path(), message: p.message(), line: None, column: None })
            .collect(),
    };
    for problem in &problems {
        if json {
            write_json(out, problem)?;
            continue;
        }
        write!(out, "{}", file.display())?;
        if let (Some(line), Some(column)) = (problem.line, problem.column) {
            write!(out, ":{line}:{column}")?;
        }
        writeln!(out, ": {}: {} ({})", problem.path, problem.message, problem.code)?;
    }
    if !json {
        writeln!(out, "{} problem{}", problems.len(), if problems.len() == 1 { "" } else { "s" })?;
    }
    Ok(Exit::PolicyRefused)
}

/// Writes one JSON object on a line of its own.
pub fn write_json(out: &mut impl Write, value: &impl Serialize) -> Result<(), Stop> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}
