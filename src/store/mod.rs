//! The phone database.
