//! Whether two events say the same but for when they happen.

use super::data::{EventData, FoundHeir};
use crate::model::{Ownership, Place};
use crate::time::Timestamp;

/// Whether the first event at its instant says the same as the second at its own: where a customer goes, to whom and by
/// which way. An instant in the one is that in the other where both are the same, or each is when its event happens.
///
/// When a reservation, lock or extension ends is not compared: it follows from when it begins.
pub(crate) fn is_same((one, at): (&EventData, Timestamp), (two, then): (&EventData, Timestamp)) -> bool {
    use EventData as E;
    let agree = |one: Option<Timestamp>, two: Option<Timestamp>| one == two || one == Some(at) && two == Some(then);
    let owned = |one: &Ownership, two: &Ownership| {
        (one.owner(), one.way_in()) == (two.owner(), two.way_in()) && agree(one.clock_start(), two.clock_start())
    };
    let placed = |one: &Place, two: &Place| match (one, two) {
        (Place::Owned(one), Place::Owned(two)) => owned(one, two),
        (Place::Pool(one), Place::Pool(two)) => one.pool() == two.pool() && agree(Some(one.since()), Some(two.since())),
        _ => one == two,
    };
    if one.kind() != two.kind() {
        return false;
    }
    match (one, two) {
        (E::Created { customer: one }, E::Created { customer: two })
        | (E::Imported { customer: one, .. }, E::Imported { customer: two, .. }) => placed(one.place(), two.place()),
        (E::Admitted { place: one, .. }, E::Admitted { place: two, .. }) => placed(one, two),
        (E::Released { pool: one }, E::Released { pool: two })
        | (E::Reclaimed { pool: one }, E::Reclaimed { pool: two })
        | (E::TakenBack { pool: one }, E::TakenBack { pool: two })
        | (E::Moved { pool: one }, E::Moved { pool: two })
        | (E::Escalated { pool: one }, E::Escalated { pool: two })
        | (E::Departed { to: FoundHeir::Pool(one) }, E::Departed { to: FoundHeir::Pool(two) }) => one == two,
        (E::Closed { cause: one }, E::Closed { cause: two }) => one == two,
        (E::Drawn { winner: one }, E::Drawn { winner: two }) => one == two,
        _ => match (one.begins(), two.begins()) {
            (Some(one), Some(two)) => owned(one.ownership(), two.ownership()),
            (one, two) => one.is_none() && two.is_none(),
        },
    }
}
