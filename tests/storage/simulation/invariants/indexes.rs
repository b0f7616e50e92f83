//! Every index agrees with the states, and every ledger with the histories.

use customer_pool::ledger::EventKind;
use customer_pool::model::{LedgerScope, LockedCustomer, OpenReservation};
use customer_pool::store::{Listings, OpenItem, PoolStore};
use customer_pool::time::Timestamp;

use super::super::world::World;
use super::{Lives, Verdict, never};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    let mut store = world.store.clone();
    for item in OpenItem::ALL {
        let listed = never(store.open_items(*item, None, usize::MAX));
        let open = lives.all.iter().map(|(state, _)| state.customer()).filter(|customer| item.is_open(customer));
        let open: Vec<_> = open.map(|customer| customer.id().clone()).collect();
        if listed != open {
            return Err(format!("{item:?}: {open:?} are open, {listed:?} are listed"));
        }
    }
    for rep in &world.reps {
        let ledger = never(store.ledger(&LedgerScope::Rep(rep.clone()), Some(Timestamp::MIN)));
        let begun =
            |event: &&customer_pool::ledger::Event| event.data().begun().is_some_and(|begun| begun.owner() == rep);
        let began: usize = lives.all.iter().map(|(_, events)| events.iter().filter(begun).count()).sum();
        if ledger.entries().len() != began {
            return Err(format!("{rep} began {began} ownerships, the ledger has {}", ledger.entries().len()));
        }
        let undone = ledger.entries().iter().filter(|entry| entry.undone().is_some()).count();
        let undoes: usize = lives.all.iter().map(|(_, events)| undone_by(events, rep.as_str())).sum();
        if undone != undoes {
            return Err(format!("{rep} undid {undoes} claims, the ledger has {undone}"));
        }
        let reserved = lives.all.iter().filter_map(|(state, _)| {
            let stay = state.customer().stay()?;
            let open = stay.reservation().filter(|open| open.rep() == rep)?;
            Some(OpenReservation::new(state.customer().id().clone(), stay.pool().clone(), open.until()))
        });
        let mut reserved: Vec<_> = reserved.collect();
        let mut noted = ledger.reservations().to_vec();
        reserved.sort_by_key(|open| open.customer().clone());
        noted.sort_by_key(|open| open.customer().clone());
        if reserved != noted {
            return Err(format!("{rep}: {reserved:?} are reserved, the ledger has {noted:?}"));
        }
        let locked: usize = lives.all.iter().map(|(state, _)| locks(state.customer(), rep.as_str())).sum();
        let noted: &[LockedCustomer] = ledger.locks();
        if locked != noted.len() {
            return Err(format!("{rep} has {locked} locks, the ledger {noted:?}"));
        }
    }
    Ok(())
}

fn undone_by(events: &[customer_pool::ledger::Event], rep: &str) -> usize {
    let mut owner = String::new();
    let mut count = 0;
    for event in events {
        if event.kind() == EventKind::ClaimUndone && owner == rep {
            count += 1;
        }
        if let Some(begun) = event.data().begun() {
            owner = begun.owner().as_str().to_owned();
        }
    }
    count
}

fn locks(customer: &customer_pool::model::Customer, rep: &str) -> usize {
    let owned = customer.ownership().is_some_and(|owned| owned.owner() == rep);
    let locks = customer.protection().map_or(0, |protection| protection.locks().len());
    if owned { locks } else { 0 }
}
