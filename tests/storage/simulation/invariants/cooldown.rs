//! No claim inside a cooldown: thirty hours after a release, three days after a reclaim, five after a take-back.

use customer_pool::ledger::{Event, EventKind};
use customer_pool::model::Cause;

use super::{Lives, Verdict};

const HOUR: i64 = 3_600_000_000;

pub fn holds(lives: &Lives) -> Verdict {
    for (state, events) in &lives.all {
        let mut ended: Vec<(String, i64, Cause)> = Vec::new();
        let mut owner: Option<String> = None;
        for event in events {
            if let (Some(cause), Some(owner)) = (event.cause(), owner.take()) {
                ended.push((owner, event.at().as_micros(), cause));
            }
            if let Some(begun) = event.data().begun() {
                owner = Some(begun.owner().as_str().to_owned());
            }
            if event.kind() == EventKind::Claimed {
                claimed(event, owner.as_deref().unwrap_or_default(), &ended)
                    .map_err(|why| format!("{}: {why}", state.customer().id()))?;
            }
        }
    }
    Ok(())
}

fn claimed(event: &Event, owner: &str, ended: &[(String, i64, Cause)]) -> Verdict {
    for (who, at, cause) in ended.iter().filter(|(who, ..)| who == owner) {
        let hours = match cause {
            Cause::Released | Cause::Undone => 30,
            // Three and five civil days are at least so many hours.
            Cause::Reclaimed => 2 * 24,
            Cause::TakenBack => 4 * 24,
            _ => 0,
        };
        if event.at().as_micros() < at + hours * HOUR {
            return Err(format!("{who} claims at {}, {cause} at {at}", event.at()));
        }
    }
    Ok(())
}
