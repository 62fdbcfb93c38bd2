//! FTP and FTPS.

mod embedded;
mod faults;
mod relay;
mod replies;
mod scripted;
mod silence;
mod trips;
