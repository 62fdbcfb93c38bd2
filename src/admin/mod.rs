//! The administrator's use cases: values in, a summary value out; no terminal.
