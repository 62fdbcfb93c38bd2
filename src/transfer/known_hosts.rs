//! known_hosts files: the keys of SSH servers.
