//! Messages: the catalogues agree with the code, with each other and with the glossary; what they say is committed
//! in `docs/samples.md` and `docs/reasons.md` for a reader to judge. `ACCEPT=1` writes both anew.

mod bits;
mod catalogues;
mod claims;
mod moves;
mod outcomes;
mod rendered;
