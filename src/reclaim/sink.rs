//! Where the evaluator says what it looked at: nowhere for a decision, into a list for an explanation.

use crate::condition::{LeafFinding, LeafSink};
use crate::decision::Step;

/// Is told every step. A decision's sink is told nothing and costs nothing.
pub(crate) trait Sink {
    /// Whether steps are wanted at all.
    const WANTED: bool;
    type Leaves: LeafSink + Default;
    fn step(&mut self, step: impl FnOnce() -> Step);
    fn leaves(leaves: Self::Leaves) -> Vec<LeafFinding>;
}

impl Sink for () {
    const WANTED: bool = false;
    type Leaves = ();

    #[inline]
    fn step(&mut self, _: impl FnOnce() -> Step) {}

    fn leaves((): ()) -> Vec<LeafFinding> {
        Vec::new()
    }
}

impl Sink for Vec<Step> {
    const WANTED: bool = true;
    type Leaves = Vec<LeafFinding>;

    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }

    fn leaves(leaves: Vec<LeafFinding>) -> Vec<LeafFinding> {
        leaves
    }
}
