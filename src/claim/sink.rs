//! Where the evaluator says what it looked at: nowhere for an answer, into a list for an explanation.

use crate::condition::{LeafFinding, LeafSink};
use crate::decision::ClaimFinding;

/// Is told every finding. An answer's sink is told nothing and costs nothing.
pub(crate) trait Sink {
    /// Whether findings are wanted at all.
    const WANTED: bool;
    type Leaves: LeafSink + Default;
    fn tell(&mut self, finding: impl FnOnce() -> ClaimFinding);
    fn leaves(leaves: Self::Leaves) -> Vec<LeafFinding>;
}

impl Sink for () {
    const WANTED: bool = false;
    type Leaves = ();

    #[inline]
    fn tell(&mut self, _: impl FnOnce() -> ClaimFinding) {}

    fn leaves((): ()) -> Vec<LeafFinding> {
        Vec::new()
    }
}

impl Sink for Vec<ClaimFinding> {
    const WANTED: bool = true;
    type Leaves = Vec<LeafFinding>;

    fn tell(&mut self, finding: impl FnOnce() -> ClaimFinding) {
        self.push(finding());
    }

    fn leaves(leaves: Vec<LeafFinding>) -> Vec<LeafFinding> {
        leaves
    }
}
