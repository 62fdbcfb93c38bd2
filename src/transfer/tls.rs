//! TLS towards servers: whom to believe.
