//! Columns of the children of lists: what protects customers, and who owned them before.

use super::buffers::{Children, Made};
use super::error::ColumnError;
use super::kinds::{Coded, Flags, Instants};
use super::layout::{Column, Required, Values};
use crate::id::{DocumentId, RepId};
use crate::model::{BusinessHold, Cause, Extension, Freeze, FreezeKind, HoldKind, Lock, PastOwnership, WayIn};
use crate::time::Timestamp;

/// Stands for a name that is left out: no decision reads it.
pub(super) const NAMELESS: &str = "-";

/// One list of parts, from which follow: the columns and their checks, the buffers in which they are made, and the way
/// from a child's row back to what a customer has. A part in brackets is one that no child may lack; one behind `+` is a column
/// that may be left out.
macro_rules! parts {
    ($(
        $(#[$doc:meta])* $name:ident<'a>, $buffer:ident {
            $($field:ident $([$required:ident])?: $type:ty = $get:expr;)*
            $(+ $(#[$more_doc:meta])* $more:ident, $with:ident: $more_type:ty = $more_get:expr;)?
        } $child:ident: $item:ty = $make:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a> {
            $(pub(super) $field: $type,)*
            $(pub(super) $more: Option<$more_type>,)?
        }

        impl<'a> $name<'a> {
            /// Of these columns, all of one length.
            #[must_use]
            pub const fn new($($field: $type),*) -> Self {
                Self { $($field,)* $($more: None,)? }
            }

            $(
                $(#[$more_doc])*
                #[must_use]
                pub const fn $with(mut self, column: $more_type) -> Self {
                    self.$more = Some(column);
                    self
                }
            )?
        }

        impl Column for $name<'_> {
            type Value = $item;

            fn rows(&self) -> usize {
                let all = [$(self.$field.rows()),*];
                all.first().copied().unwrap_or_default()
            }

            fn read(&self, child: usize) -> Option<$item> {
                $(let $field = part!(self.$field.read(child) $(, $required)?);)*
                $(let $more = self.$more.and_then(|column| column.read(child));)?
                Some($make)
            }

            fn check(&self, column: &str) -> Result<(), ColumnError> {
                let rows = self.rows();
                $(self.$field.check_as(&format!("{column}.{}", stringify!($field)), rows)?;)*
                $(if let Some(part) = &self.$more {
                    part.check_as(&format!("{column}.{}", stringify!($more)), rows)?;
                })?
                Ok(())
            }

            fn required(&self) -> Vec<Required<'_>> {
                [$($(part!(self, $field, $required),)?)*].into()
            }
        }

        /// The columns of that name in the making.
        #[derive(Clone, Debug, Default)]
        pub(super) struct $buffer<'a> {
            $($field: <$type as Made<'a>>::Buffer,)*
            $($more: <$more_type as Made<'a>>::Buffer,)?
        }

        impl<'a> Made<'a> for $name<'a> {
            type Buffer = $buffer<'static>;

            fn of(buffer: &'a Self::Buffer) -> Self {
                let all = Self::new($(Made::of(&buffer.$field)),*);
                $(let all = all.$with(Made::of(&buffer.$more));)?
                all
            }
        }

        impl Children for $buffer<'static> {
            type Item = $item;

            fn add(&mut self, $child: &$item) {
                $(self.$field.push($get);)*
                $(self.$more.push($more_get);)?
            }
        }
    )*};
}

macro_rules! part {
    ($read:expr) => {
        $read
    };
    ($read:expr, required) => {
        $read?
    };
    ($self:ident, $field:ident, required) => {
        (
            concat!(".", stringify!($field)),
            Box::new(|child| $self.$field.get(child).is_some()) as Box<dyn Fn(usize) -> bool>,
        )
    };
}

parts! {
    /// Locks: when each began and ends, as far as that is known.
    Locks<'a>, LockBuffer {
        since: Instants<'a> = lock.since();
        until: Instants<'a> = lock.until();
    } lock: Lock = Lock::new(since, until);

    /// Business holds: their kind, whether they are live, and when each ends or ended, where that is known.
    Holds<'a>, HoldBuffer {
        kind[required]: Coded<'a, HoldKind> = Some(hold.kind());
        live[required]: Flags<'a> = Some(hold.is_live());
        until: Instants<'a> = hold.until();
        +
        /// With the ids of the documents. No decision reads them.
        document, with_documents: Coded<'a, DocumentId> = Some(hold.document());
    } hold: BusinessHold = {
        let document = document.map_or_else(|| DocumentId::new(NAMELESS), Ok).ok()?;
        if live { BusinessHold::live(kind, document, until) } else { BusinessHold::not_live(kind, document, until) }
    };

    /// Freezes: their kind, and when each thaws, where that is fixed.
    Freezes<'a>, FreezeBuffer {
        kind[required]: Coded<'a, FreezeKind> = Some(freeze.kind());
        until: Instants<'a> = freeze.until();
    } freeze: Freeze = Freeze::new(kind, until);

    /// Granted extensions: when each was granted, where that is known, and until when it protects.
    Extensions<'a>, ExtensionBuffer {
        granted: Instants<'a> = extension.granted();
        until[required]: Instants<'a> = Some(extension.until());
    } extension: Extension = Extension::new(granted, until);

    /// Pauses: when each begins and ends.
    Pauses<'a>, PauseBuffer {
        from[required]: Instants<'a> = Some(pause.0);
        to[required]: Instants<'a> = Some(pause.1);
    } pause: (Timestamp, Timestamp) = (from, to);

    /// Ownerships that have ended: who owned the customer, from and up to when, how it began and why it ended.
    Past<'a>, PastBuffer {
        owner[required]: Coded<'a, RepId> = Some(past.owner());
        from[required]: Instants<'a> = Some(past.from());
        to[required]: Instants<'a> = Some(past.to());
        way_in[required]: Coded<'a, WayIn> = Some(past.way_in());
        cause[required]: Coded<'a, Cause> = Some(past.cause());
    } past: PastOwnership = PastOwnership::new(owner, from, to, way_in, cause);

    /// Activities that cannot be judged: their slot, and the latest of each.
    Unjudged<'a>, UnjudgedBuffer {
        slot: Values<'a, u16> = Some(activity.0);
        at: Instants<'a> = Some(activity.1);
    } activity: (u16, Timestamp) = (slot?, at?);
}
