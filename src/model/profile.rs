//! What a customer is, beside its tier and its declared attributes.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Lifecycle, Need};
use crate::attribute::decimal_text;
use crate::id::{CustomerId, Label};

macro_rules! profile {
    ($($(#[$doc:meta])* $name:ident, $with:ident: $type:ty => $get:ty, $how:ident $(, with = $codec:literal)?;)*) => {
        /// What a customer is: descriptive facts that conditions read. Every one may be missing.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Profile {
            $(#[serde(skip_serializing_if = "Option::is_none" $(, with = $codec)?)] $name: Option<$type>,)*
            #[serde(skip_serializing_if = "Vec::is_empty")]
            needs: Vec<Need>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            skills: Vec<Label>,
        }

        impl Profile {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> Option<$get> {
                    self.$name.$how()
                }

                /// The same profile with this fact.
                #[must_use]
                pub fn $with(mut self, value: $type) -> Self {
                    self.$name = Some(value);
                    self
                }
            )*
        }
    };
}

trait Copied<T> {
    fn plain(&self) -> Option<T>;
}

impl<T: Copy> Copied<T> for Option<T> {
    fn plain(&self) -> Option<T> {
        *self
    }
}

profile! {
    /// Where it stands in its life as a customer.
    lifecycle, with_lifecycle: Lifecycle => Lifecycle, plain;
    /// The stage of its sale.
    sales_stage, with_sales_stage: Label => &Label, as_ref;
    /// How much it wants to buy.
    intent, with_intent: Label => &Label, as_ref;
    /// Where it is.
    region, with_region: Label => &Label, as_ref;
    /// What it does.
    industry, with_industry: Label => &Label, as_ref;
    /// Where it came from.
    source, with_source: Label => &Label, as_ref;
    /// Who brought it.
    referrer, with_referrer: CustomerId => &CustomerId, as_ref;
    /// Its monetary value, in the host's currency.
    value, with_value: Decimal => Decimal, plain, with = "decimal_text::option";
    /// The strength of the company, on the host's scale.
    strength, with_strength: Decimal => Decimal, plain, with = "decimal_text::option";
    /// How satisfied it is, on the host's scale.
    satisfaction, with_satisfaction: Decimal => Decimal, plain, with = "decimal_text::option";
    /// How complete its contact data are, on the host's scale.
    contact_completeness, with_contact_completeness: Decimal => Decimal, plain, with = "decimal_text::option";
    /// Whether it must not be contacted.
    do_not_contact, with_do_not_contact: bool => bool, plain;
}

impl Profile {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it minds most.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// The same profile with these needs.
    #[must_use]
    pub fn with_needs(mut self, needs: impl IntoIterator<Item = Need>) -> Self {
        self.needs = needs.into_iter().collect();
        self
    }

    /// The skills it asks for.
    #[must_use]
    pub fn skills(&self) -> &[Label] {
        &self.skills
    }

    /// The same profile with these skills.
    #[must_use]
    pub fn with_skills(mut self, skills: impl IntoIterator<Item = Label>) -> Self {
        self.skills = skills.into_iter().collect();
        self
    }
}
