//! What several test binaries share.

pub(crate) mod installed;
pub(crate) mod openssl;
