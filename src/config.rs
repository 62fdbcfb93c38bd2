//! Where settings come from: file and environment, parsed once.
