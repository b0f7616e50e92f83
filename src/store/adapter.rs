//! A blocking store where one is wanted whose calls are futures.

use super::blocking::PoolStore;
use super::futures::AsyncPoolStore;
use super::methods::store_methods;

/// Answers at once: a blocking store whose calls are ready futures.
#[derive(Clone, Debug)]
pub struct Ready<S>(pub S);

macro_rules! ready {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        impl<S: PoolStore<Error: Send> + Send> AsyncPoolStore for Ready<S> {
            type Error = S::Error;

            $(async fn $name(&mut self, $($arg: $($type)*),*) -> Result<$answer, S::Error> {
                self.0.$name($($arg),*)
            })*
        }
    };
}

store_methods!(ready);
