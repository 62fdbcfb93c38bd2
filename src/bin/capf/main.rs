//! The command line of capf.
fn main() {}
