//! The CAPF service.
