//! Engagement, churn, win probability, key accounts.

#[path = "worth/accounts.rs"]
mod accounts;
#[path = "worth/churn.rs"]
mod churn;
#[path = "worth/engagement.rs"]
mod engagement;
#[path = "worth/win.rs"]
mod win;
