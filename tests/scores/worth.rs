//! Engagement, churn, win probability, key accounts.

mod accounts;
mod churn;
mod engagement;
mod win;
