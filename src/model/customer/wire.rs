//! The wire form of a customer: every fact that is missing is left out.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::{
    Activity, Folded, Lapse, Nomination, Notice, PastOwnership, Place, PoolEntry, PoolStay, Profile, Protection,
    ReleaseRequest, Scores, TierState,
};
use super::{Activities, Counters, Customer, CustomerError, Rest, WarningKey, rest_of_customer};
use crate::attribute::Attributes;
use crate::id::{CustomerId, Label, RepId};
use crate::time::Timestamp;

macro_rules! wire {
    ($($name:ident: $type:ty,)*) => {
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            id: CustomerId,
            place: Place,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            tier: Option<Label>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            tags: Vec<Label>,
            #[serde(default, skip_serializing_if = "Attributes::is_empty")]
            attributes: Attributes,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            activities: Vec<Activity>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            folded: Option<Folded>,
            #[serde(default, skip_serializing_if = "crate::wire::is_default")]
            protection: Protection,
            $(#[serde(default, skip_serializing_if = "crate::wire::is_default")] $name: $type,)*
        }

        impl TryFrom<Wire> for Customer {
            type Error = CustomerError;

            fn try_from(wire: Wire) -> Result<Self, CustomerError> {
                let activities = match (wire.folded, wire.activities) {
                    (None, list) => Activities::Listed(list.into()),
                    (Some(folded), list) if list.is_empty() => Activities::Folded(folded),
                    (Some(_), _) => return Err(CustomerError::ActivitiesTwice),
                };
                let mut rest = Rest { $($name: wire.$name,)* };
                rest.past = PastOwnership::newest_first(rest.past);
                let customer = Self {
                    id: wire.id,
                    place: wire.place,
                    tier: wire.tier,
                    tags: wire.tags.into(),
                    attributes: wire.attributes,
                    activities,
                    protection: None,
                    rest: (rest != Rest::default()).then(|| Box::new(rest)),
                };
                Ok(customer.with_protection(wire.protection))
            }
        }

        impl From<Customer> for Wire {
            fn from(customer: Customer) -> Self {
                let rest = customer.rest.map(|rest| *rest).unwrap_or_default();
                let (activities, folded) = match customer.activities {
                    Activities::Listed(list) => (list.into(), None),
                    Activities::Folded(folded) => (Vec::new(), Some(folded)),
                };
                Self {
                    id: customer.id,
                    place: customer.place,
                    tier: customer.tier,
                    tags: customer.tags.into(),
                    attributes: customer.attributes,
                    activities,
                    folded,
                    protection: customer.protection.map(|protection| *protection).unwrap_or_default(),
                    $($name: rest.$name,)*
                }
            }
        }
    };
}

rest_of_customer!(wire);

impl Serialize for Customer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Customer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Wire::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
