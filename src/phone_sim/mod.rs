//! A simulated phone, with a state machine of its own.
