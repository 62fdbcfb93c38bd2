//! Who the phone is: a claim becomes an [`Authenticated`] proof or a [`Refusal`].
