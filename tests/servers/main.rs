//! Files to the servers that administrators run, as the distribution packages them.

mod atftpd;
mod installed;
mod nginx;
mod openssh;
mod tftpd_hpa;
mod vsftpd;
