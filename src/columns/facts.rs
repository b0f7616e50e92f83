//! The facts that columns carry, as one list.

/// Calls the macro `$then` with every fact that a column carries, grouped by what it is read from.
///
/// An entry gives the documentation of a column's builder, the column's name, the builder's name, the type, the value that a
/// [`CustomerTable`](super::CustomerTable) copies, and the fact of conditions that the column answers, if there is one.
///
/// From the list follow the columns and their builders (`customers`), a table's buffers (`table`), the way back to a customer
/// (`row`), and the answers to conditions (`asked`). On the way back, facts of the groups `ownership`, `customer` and
/// `profile` go to the builder of the same name there. The other groups are put together by hand in `row`.
macro_rules! customer_facts {
    ($then:ident) => {
        $then! {
            place {
                /// With the owners. An owned row without one is decided about as one whose owner is absent.
                owner, with_owner: Coded<'a, Owner> = place.owner;
                /// With the instants at which ownerships began.
                start, with_start: Instants<'a> = place.start;
                /// With the pools that customers are in.
                pool, with_pool: Coded<'a, PoolId> = place.stay.map(PoolStay::pool);
                /// With the instants at which customers entered their pools.
                pool_since, with_pool_since: Instants<'a> = place.stay.map(PoolStay::since);
                /// With the causes for which customers came into their pools.
                pool_cause, with_pool_cause: Coded<'a, Cause> = place.stay.and_then(PoolStay::cause);
                /// With the reps who owned the customers in pools last.
                last_owner, with_last_owner: Coded<'a, RepId> = place.stay.and_then(PoolStay::last_owner);
                /// With the causes for which customers are closed. A closed row without one is closed as invalid.
                closed, with_closed: Coded<'a, ClosedCause> = place.closed;
            }
            ownership {
                /// With the clock starts, where they differ from the starts.
                clock_start, with_clock_start: Instants<'a> = differing(ownership, Ownership::clock_start);
                /// With the starts of the chains of transfers, where they differ from the starts.
                chain_start, with_chain_start: Instants<'a> = differing(ownership, Ownership::chain_start);
                /// With the numbers of the ownerships, counted from 1. A row without one is in its first.
                number, with_number: Values<'a, u32> = ownership.map(Ownership::number);
                /// With how the ownerships began. A row without a value was claimed.
                way_in, with_way_in: Coded<'a, WayIn> = ownership.map(Ownership::way_in), WayIn;
                /// With the units that the owners had when the ownerships began.
                units, with_units: Lists<'a, Coded<'a, Label>> = ownership.map(Ownership::units).unwrap_or_default();
                /// With the policy revisions under which the ownerships began.
                revision, with_revision: Coded<'a, Label> = ownership.and_then(Ownership::revision);
            }
            customer {
                /// With the customers' tiers.
                tier, with_tier: Coded<'a, Label> = customer.tier(), Tier;
                /// With the customers' tags.
                tags, with_tags: Lists<'a, Coded<'a, Label>> = customer.tags(), Tag;
                /// With the instants at which customers were created.
                created, with_created: Instants<'a> = customer.created(), Created;
                /// With the instants at which the customers' last contracts ended or end.
                last_contract_end, with_last_contract_end: Instants<'a> = customer.last_contract_end(), LastContractEnd;
                /// With the instants at which the customers' last deals were made.
                last_deal, with_last_deal: Instants<'a> = customer.last_deal(), LastDeal;
            }
            profile {
                /// With the customers' lifecycle stages.
                lifecycle, with_lifecycle: Coded<'a, Lifecycle> = profile.lifecycle(), Lifecycle;
                /// With the stages of the customers' sales.
                sales_stage, with_sales_stage: Coded<'a, Label> = profile.sales_stage(), SalesStage;
                /// With how much customers want to buy.
                intent, with_intent: Coded<'a, Label> = profile.intent(), Intent;
                /// With the customers' regions.
                region, with_region: Coded<'a, Label> = profile.region(), Region;
                /// With the customers' industries.
                industry, with_industry: Coded<'a, Label> = profile.industry(), Industry;
                /// With the sources that customers came from.
                source, with_source: Coded<'a, Label> = profile.source(), Source;
                /// With the customers' referrers.
                referrer, with_referrer: Coded<'a, CustomerId> = profile.referrer(), Referrer;
                /// With the customers' monetary values.
                value, with_value: Decimals<'a> = profile.value(), Value;
                /// With the strengths of the customers' companies.
                strength, with_strength: Decimals<'a> = profile.strength(), Strength;
                /// With how satisfied customers are.
                satisfaction, with_satisfaction: Decimals<'a> = profile.satisfaction(), Satisfaction;
                /// With how complete the customers' contact data are.
                contact_completeness, with_contact_completeness: Decimals<'a> = profile.contact_completeness(), ContactCompleteness;
                /// With whether customers must not be contacted.
                do_not_contact, with_do_not_contact: Flags<'a> = profile.do_not_contact(), DoNotContact;
                /// With what customers mind most.
                needs, with_needs: Lists<'a, Coded<'a, Need>> = profile.needs(), Need;
                /// With the skills that customers ask for.
                skills, with_skills: Lists<'a, Coded<'a, Label>> = profile.skills(), Skill;
            }
            counters {
                /// With how often customers were claimed. A row without a value never was.
                times_claimed, with_times_claimed: Values<'a, u32> = positive(counters.claimed), TimesClaimed;
                /// With how often customers were reclaimed. A row without a value never was.
                times_reclaimed, with_times_reclaimed: Values<'a, u32> = positive(counters.reclaimed), TimesReclaimed;
                /// With how often customers were released. A row without a value never was.
                times_released, with_times_released: Values<'a, u32> = positive(counters.released), TimesReleased;
                /// With how many whole days customers have been in pools. A row without a value has been in none.
                days_in_pools, with_days_in_pools: Values<'a, u32> = positive(counters.days_in_pools), DaysInPools;
            }
            protection {
                /// With the customers' locks.
                locks, with_locks: Lists<'a, Locks<'a>> = protection.locks();
                /// With the customers' business holds.
                holds, with_holds: Lists<'a, Holds<'a>> = protection.holds();
                /// With the customers' freezes.
                freezes, with_freezes: Lists<'a, Freezes<'a>> = protection.freezes();
                /// With the extensions that were granted to owners.
                extensions, with_extensions: Lists<'a, Extensions<'a>> = protection.extensions();
                /// With the customers' pauses.
                pauses, with_pauses: Lists<'a, Pauses<'a>> = protection.pauses().given();
            }
            history {
                /// With the customers' past ownerships.
                past, with_past: Lists<'a, Past<'a>> = history.past();
                /// With the instants from which on the past is complete. It is complete where a row has none.
                past_known_from, with_past_known_from: Instants<'a> = history.past_known_from();
            }
        }
    };
}
pub(super) use customer_facts;
