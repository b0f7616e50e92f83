//! The bits of reason codes, which hosts store.

use customer_pool::ReasonCode;

/// By bit: the codes whose bits stand in columns that hosts have stored. New codes are added at the end; nothing here ever
/// changes its place.
const BY_BIT: &[&str] = &[
    "customer.in_pool",
    "customer.awaiting_admission",
    "customer.closed",
    "facts.ownership_start_unknown",
    "facts.ownership_start_in_future",
    "facts.lock_reversed",
    "facts.pause_reversed",
    "facts.ownerships_overlap",
    "facts.unknown_calendar",
    "facts.owner_missing",
    "facts.owner_mismatch",
    "facts.attribute_type",
    "facts.folded_elsewhere",
    "facts.history_incomplete",
    "facts.anchor_missing",
    "facts.in_future",
    "calendar.out_of_range",
    "time.out_of_range",
    "facts.ownership_open",
    "facts.unknown_revision",
    "facts.unknown_pool",
    "facts.asker_missing",
    "ledger.missing",
    "ledger.incomplete",
    "ledger.contradictory",
    "ledger.facts_missing",
    "ledger.holding_missing",
    "hold.frozen",
    "hold.exempt_owner",
    "hold.exempt_customer",
    "hold.exempt_deal",
    "hold.locked",
    "hold.business",
    "hold.freeze_window",
    "review.deferred",
    "review.rejected",
    "review.pending",
    "review.approved",
    "review.due",
    "notice.due",
    "notice.running",
    "reclaim.due",
    "reclaim.warning",
    "reclaim.not_due",
    "reclaim.nothing_armed",
    "clock.base",
    "clock.renewed",
    "clock.capped",
    "clock.extended",
    "clock.grace",
    "clock.change_notice",
    "calendar.assumed_pattern",
    "warning.undated",
    "notify.due",
    "notify.undated",
    "facts.pool_entry_in_future",
];

/// Goal: a new code moves no bit that a host has stored, wherever it stands in the precedence. Method: the list above.
#[test]
fn every_code_keeps_its_bit() {
    let mut by_bit: Vec<(u8, &str)> = ReasonCode::ALL.iter().map(|code| (code.bit(), code.as_str())).collect();
    by_bit.sort_unstable();
    let wanted: Vec<(u8, &str)> = (0..).zip(BY_BIT.iter().copied()).collect();
    assert_eq!(by_bit, wanted);
    assert!(by_bit.iter().all(|(bit, _)| *bit < 128));
    let precedence: Vec<u8> = ReasonCode::ALL.iter().map(|code| code.bit()).collect();
    assert!(!precedence.is_sorted(), "precedence is apart from the bits");
}
