//! The trait whose calls are futures.

use core::future::Future;

use super::methods::store_methods;

macro_rules! futures {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        /// The same as [`PoolStore`](super::PoolStore), for databases that answer later. Every future is `Send`.
        ///
        /// Write the methods as `async fn`. The obligations are those of
        /// [`PoolStore`](super::PoolStore#to-be-correct-an-implementation-must).
        pub trait AsyncPoolStore: Send {
            /// The database's own error, or a boxed one.
            type Error: Into<Box<dyn core::error::Error + Send + Sync>> + Send;

            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// The database's own.
                fn $name(
                    &mut self,
                    $($arg: $($type)*),*
                ) -> impl Future<Output = Result<$answer, Self::Error>> + Send;
            )*
        }
    };
}

store_methods!(futures);
