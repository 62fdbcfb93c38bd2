//! `.tgz` archives in and out, streaming, with limits on what a hostile one may do.
