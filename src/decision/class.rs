//! What kind of "no" an answer is: one closed list for denials, refusals, undetermined answers and failures.

use crate::wire::names;

names! {
    serde

    /// What kind of "no" an answer is, so that a host can act on it without knowing every code.
    ///
    /// Each denial, refusal, undetermined reason and failure has one. Of several the first in the order of declaration
    /// counts.
    Class {
        /// A rule forbids it, and asking again does not help. HTTP 403. Show the sentence; somebody with more authority
        /// may do it, or another rep.
        Forbidden = "forbidden",
        /// The customer, or somebody else's work on it, is not as the command needs it. HTTP 409. Load the customer
        /// anew and show it.
        Conflict = "conflict",
        /// The command or the facts contradict themselves or the policy. HTTP 422. Mend what the sentence names, and
        /// send it again.
        Invalid = "invalid",
        /// Something that is needed is not known: a customer, a rep, a pool (HTTP 404), or a fact (HTTP 422). Supply it,
        /// and ask again.
        Unknown = "unknown",
        /// A limit on how many, or how often, is used up; a limit of 0 always is. HTTP 429, with `Retry-After` where there
        /// is a `retry_at`. Wait until then, or give something back.
        TooMany = "too_many",
        /// Only time stands in the way. HTTP 409 with `Retry-After`: ask again at `retry_at`, or when the answer changes.
        /// From a driver, which somebody else was quicker than or whose store failed, HTTP 503: send the same command
        /// again, with the same key, at once.
        Later = "later",
    }
}
