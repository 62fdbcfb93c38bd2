//! Files to the servers that administrators run, as the distribution packages them.

mod installed;
mod tftp_server;
#[path = "../transfer/tftp/trip.rs"]
mod tftp_trip;

mod atftpd;
mod nginx;
mod openssh;
mod tftpd_hpa;
mod vsftpd;
