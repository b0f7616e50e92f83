//! A customer is in exactly one place, and has at most one owner: whoever is asked says the same.

use customer_pool::model::Place;
use customer_pool::store::PoolStore;

use super::super::world::{World, id};
use super::{Lives, Verdict, never};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    let mut store = world.store.clone();
    let owned: Vec<_> = world.reps.iter().map(|rep| (rep, never(store.owned_by(rep, None, usize::MAX)))).collect();
    let pools = ["open", "asked", "lots", "country"];
    let pooled: Vec<_> = pools.iter().map(|pool| (*pool, never(store.pooled(&id(pool), None, usize::MAX)))).collect();
    for (state, _) in &lives.all {
        let customer = state.customer();
        let owners: Vec<_> = owned.iter().filter(|(_, ids)| ids.contains(customer.id())).map(|(rep, _)| *rep).collect();
        let lies = |rows: &[customer_pool::store::Ranked]| rows.iter().any(|row| row.customer == *customer.id());
        let lies_in: Vec<_> = pooled.iter().filter(|(_, rows)| lies(rows)).map(|(pool, _)| *pool).collect();
        let as_it_says = match customer.place() {
            Place::Owned(owned) => owners == [owned.owner()] && lies_in.is_empty(),
            Place::Pool(stay) => owners.is_empty() && lies_in == [stay.pool().as_str()],
            Place::Awaiting | Place::Closed(_) => owners.is_empty() && lies_in.is_empty(),
        };
        if !as_it_says {
            return Err(format!(
                "{} is {:?}, but listed with {owners:?} and {lies_in:?}",
                customer.id(),
                customer.place()
            ));
        }
    }
    Ok(())
}
