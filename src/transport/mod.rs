//! TLS, and messages over any stream.
