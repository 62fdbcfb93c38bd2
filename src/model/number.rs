//! How a number in a protocol or a file becomes a type.

/// Declares a newtype over a number, a byte where no other type is named, with a constant and a
/// name for each known number.
///
/// Not an enumeration, because an unknown number has to survive: it is decoded, printed in
/// hexadecimal, encoded again, and judged where somebody can.
macro_rules! numbers {
    (
        $(#[$meta:meta])*
        $type:ident {
            $( $known:tt )+
        }
    ) => {
        numbers! {
            $(#[$meta])*
            $type(u8) {
                $( $known )+
            }
        }
    };
    (
        $(#[$meta:meta])*
        $type:ident($repr:ty) {
            $( $(#[$known_meta:meta])* $known:ident = $number:literal, $name:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $type(pub $repr);

        impl $type {
            $( $(#[$known_meta])* pub const $known: Self = Self($number); )+

            /// The name, where the number is known.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $( $number => Some($name), )+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => formatter.pad(name),
                    None => write!(formatter, "{:#04x}", self.0),
                }
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, formatter)
            }
        }
    };
}
pub(crate) use numbers;
