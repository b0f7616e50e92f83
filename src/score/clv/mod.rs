//! Customer lifetime value: how many purchases a customer will still make, and what they are worth.
