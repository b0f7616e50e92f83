//! The customers of the sample.

use std::collections::BTreeMap;
use std::sync::Arc;

use customer_pool::Policy;
use customer_pool::attribute::AttributeValue;
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, Cause, ClosedCause, Counters, Customer, Extension, Freeze, FreezeKind,
    HoldKind, Lifecycle, Lock, Occurred, Ownership, PastOwnership, Place, PoolStay, Profile, Protection, WayIn,
};
use customer_pool::time::{Calendar, Edge, LocalTime, Timestamp};

use super::draw::Draw;
use super::{CUSTOMERS, known, now};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// Where customers are: a unit's cities with their regions, the words that their names are made of, and how often.
struct Area {
    unit: &'static str,
    pool: &'static str,
    cities: &'static [(&'static str, &'static str)],
    names: &'static [&'static str],
}

const CHINESE: &[&str] = &[
    "baolai",
    "dongsheng",
    "fuhua",
    "guanghe",
    "haoyu",
    "hongtu",
    "jinhai",
    "leitong",
    "longtai",
    "mingde",
    "qihang",
    "ruihe",
    "shunda",
    "tianyi",
    "wanjia",
    "xinyuan",
    "yunfan",
    "zhonglin",
];
const GERMAN: &[&str] =
    &["bergmann", "eichner", "falkner", "hansea", "kessel", "lindenhof", "nordwerk", "rheinau", "steinbach", "waldau"];

const AREAS: [(Area, u64); 4] = [
    (
        Area {
            unit: "sales/china/delta",
            pool: "delta",
            cities: &[
                ("shanghai", "shanghai"),
                ("suzhou", "jiangsu"),
                ("nanjing", "jiangsu"),
                ("wuxi", "jiangsu"),
                ("hangzhou", "zhejiang"),
                ("ningbo", "zhejiang"),
            ],
            names: CHINESE,
        },
        38,
    ),
    (
        Area {
            unit: "sales/china/north",
            pool: "national",
            cities: &[("beijing", "beijing"), ("tianjin", "tianjin"), ("jinan", "shandong"), ("qingdao", "shandong")],
            names: CHINESE,
        },
        20,
    ),
    (
        Area {
            unit: "sales/china/south",
            pool: "national",
            cities: &[("shenzhen", "guangdong"), ("foshan", "guangdong"), ("xiamen", "fujian"), ("changsha", "hunan")],
            names: CHINESE,
        },
        22,
    ),
    (
        Area {
            unit: "sales/europe/dach",
            pool: "europe",
            cities: &[("hamburg", "hamburg"), ("stuttgart", "baden"), ("munich", "bavaria"), ("linz", "austria")],
            names: GERMAN,
        },
        20,
    ),
];

const INDUSTRIES: &[&str] = &["chemicals", "food", "water", "textiles", "pharma", "energy", "paper", "shipyards"];

/// Tiers with their weights; the empty one is none.
const TIERS: [(&str, u64); 4] = [("vip", 6), ("key", 18), ("normal", 60), ("", 16)];

/// Draws all customers.
pub fn draw(seed: u64, policy: &Policy, team: &[(&'static str, &'static str)]) -> Vec<Customer> {
    let calendar = |id: &str| {
        let draft = policy.draft().calendars().get(&known(id)).expect("the sample's policy has both calendars");
        Arc::new(Calendar::new(draft).expect("the sample's calendars have no problems"))
    };
    let mut sample = Sample {
        draw: Draw::new(seed),
        values: Draw::new(seed.rotate_left(32)),
        calendars: [calendar("cn"), calendar("de")],
        team,
    };
    let mut names = BTreeMap::new();
    (0..CUSTOMERS).map(|_| sample.customer(&mut names)).collect()
}

struct Sample<'a> {
    draw: Draw,
    /// Apart, because nothing depends on values.
    values: Draw,
    /// China's, then Germany's.
    calendars: [Arc<Calendar>; 2],
    team: &'a [(&'static str, &'static str)],
}

/// What the parts of one owned customer share.
struct Case {
    rep: &'static str,
    tier: &'static str,
    /// Whether it has bought.
    deal: bool,
    days_held: u64,
    start: Timestamp,
    calendar: Arc<Calendar>,
}

impl Sample<'_> {
    fn customer(&mut self, names: &mut BTreeMap<String, u32>) -> Customer {
        let area = self.draw.weighted(&AREAS);
        let (city, region) = *self.draw.pick(area.cities);
        let industry = *self.draw.pick(INDUSTRIES);
        let name = format!("{city}-{}-{industry}", self.draw.pick(area.names));
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        let id = known(&if *count == 1 { name } else { format!("{name}-{count}") });
        let profile = Profile::new().with_region(known(region)).with_industry(known(industry));

        let tier = *self.draw.weighted(&TIERS);
        let customer = match self.draw.below(1_000) {
            0..110 => {
                let stay = PoolStay::new(known(area.pool), self.long_ago(1, 200));
                let causes = [(Cause::Reclaimed, 6), (Cause::Released, 3), (Cause::TakenBack, 1)];
                let (last, cause) = (self.rep(area.unit), *self.draw.weighted(&causes));
                let past =
                    PastOwnership::new(known(last), earlier(stay.since(), 40), stay.since(), WayIn::Claim, cause);
                Customer::new(id, Place::Pool(stay.with_last_owner(known(last), cause)))
                    .with_profile(profile)
                    .with_past([past.with_units([known(area.unit)])], None)
            }
            110..118 => Customer::new(id, Place::Awaiting).with_profile(profile),
            118..128 => {
                let causes = [ClosedCause::Merged, ClosedCause::Invalid, ClosedCause::Blacklisted];
                Customer::new(id, Place::Closed(*self.draw.pick(&causes))).with_profile(profile)
            }
            _ => {
                let case = self.case(area.unit, tier);
                let owned = self.owned(&case, id, profile);
                came_from(area.pool, &case, self.flawed(&case, owned))
            }
        };
        if tier.is_empty() { customer } else { customer.with_tier(known(tier)) }
    }

    fn rep(&mut self, unit: &str) -> &'static str {
        let team: Vec<_> = self.team.iter().filter(|(_, of)| *of == unit).map(|(id, _)| *id).collect();
        self.draw.pick::<&'static str>(&team)
    }

    fn case(&mut self, unit: &str, tier: &'static str) -> Case {
        let rep = self.rep(unit);
        let calendar = Arc::clone(&self.calendars[usize::from(unit.starts_with("sales/europe"))]);
        let deal = self.draw.chance(150);
        // Few are fresh, most were claimed within half a year.
        let days_held = match self.draw.below(100) {
            0..6 => self.draw.below(3),
            6..60 => self.draw.between(3, 60),
            _ => self.draw.between(60, 220),
        };
        let start = self.worked(&calendar, days_held);
        Case { rep, tier, deal, days_held, start, calendar }
    }

    fn owned(&mut self, case: &Case, id: customer_pool::id::CustomerId, profile: Profile) -> Customer {
        let ways = [(WayIn::Claim, 55), (WayIn::Assign, 25), (WayIn::Create, 14), (WayIn::Import, 6)];
        let mut ownership = Ownership::new(known(case.rep), case.start).with_way_in(*self.draw.weighted(&ways));
        let mut past = Vec::new();
        if self.draw.chance(180) {
            let transferred = self.draw.chance(250);
            let to = if transferred { case.start } else { earlier(case.start, self.draw.between(2, 90)) };
            let from = earlier(to, self.draw.between(10, 120));
            let cause = if transferred { Cause::Transferred } else { Cause::Reclaimed };
            past.push(PastOwnership::new(known(self.team[0].0), from, to, WayIn::Claim, cause));
            ownership = ownership.with_number(2);
            if transferred {
                ownership = ownership.with_way_in(WayIn::Transfer).with_chain_start(from);
            }
        }
        let (lifecycle, stage) = match (case.deal, self.draw.below(10)) {
            (true, 0..7) => (Lifecycle::Active, "repeat"),
            (true, _) => (Lifecycle::Dormant, "repeat"),
            (false, 0..2) => (Lifecycle::New, "qualified"),
            (false, n) => (Lifecycle::Potential, ["lead", "qualified", "proposal", "negotiation"][n as usize % 4]),
        };
        let profile = if self.values.chance(600) {
            profile.with_value((self.values.between(2, 60) * self.values.between(1, 8) * 1_000).into())
        } else {
            profile
        };
        let created = past.first().map_or(case.start, PastOwnership::from);
        let reclaimed = past.iter().filter(|past| past.cause() == Cause::Reclaimed).count() as u32;
        let mut customer = Customer::new(id, Place::Owned(ownership))
            .with_profile(profile.with_lifecycle(lifecycle).with_sales_stage(known(stage)))
            .with_created(earlier(created, self.draw.below(30)))
            .with_activities(self.activities(case))
            .with_past(past, None)
            .with_protection(self.protection(case))
            .with_tags(self.tags());
        if reclaimed > 0 {
            customer = customer.with_counters(Counters { claimed: 2, reclaimed, ..Counters::default() });
        }
        if case.deal {
            customer = customer.with_last_deal(self.long_ago(5, 400));
        }
        if case.tier == "vip" && self.draw.chance(300) {
            customer = customer.with_collaborators([known(self.team[self.draw.below(4) as usize].0)]);
        }
        if case.tier == "vip" && self.draw.chance(250) {
            let mut attributes = vec![(known("strategic"), AttributeValue::Bool(true))];
            if self.draw.chance(930) {
                let day = case.calendar.day_of(later(now(), self.draw.below(90) as i64 * DAY - 30 * DAY));
                attributes.push((known("review_on"), AttributeValue::Date(day)));
            }
            customer = customer.with_attributes(attributes);
        }
        customer
    }

    /// A few of the mistakes that real books are full of.
    fn flawed(&mut self, case: &Case, customer: Customer) -> Customer {
        let id = customer.id().clone();
        let again = |ownership: Ownership| Customer::new(id, Place::Owned(ownership));
        let owned = || Ownership::new(known(case.rep), case.start);
        match self.draw.below(1_000) {
            0..3 => again(Ownership::of_unknown_start(known(case.rep)).with_way_in(WayIn::Import)),
            3..5 => {
                let lock = Lock::new(Some(later(case.start, 3 * DAY)), Some(later(case.start, DAY)));
                customer.with_protection(Protection::new().with_lock(lock))
            }
            5..7 => {
                let (from, to) = (earlier(case.start, 40), later(case.start, DAY));
                let past = PastOwnership::new(known(self.team[1].0), from, to, WayIn::Claim, Cause::TakenBack);
                customer.with_past([past], None)
            }
            7..9 => {
                let call = self.activity(ActivityKind::Call, case.rep, later(now(), 365 * DAY));
                again(owned()).with_activities([call])
            }
            9..11 => customer.with_attributes([(known("strategic"), AttributeValue::Text(known("yes")))]),
            // Left the company, and nobody took over the book.
            11..14 => again(Ownership::new(known("zhu.bo"), case.start)),
            // The founder keeps a few customers of his own.
            14..19 => again(Ownership::new(known("ma.jun"), case.start)),
            _ => customer,
        }
    }

    fn tags(&mut self) -> Vec<customer_pool::id::Label> {
        let tags = [("board", 4), ("expo-2026", 90), ("newsletter", 120), ("price-sensitive", 70)];
        tags.into_iter().filter(|(_, n)| self.draw.chance(*n)).map(|(tag, _)| known(tag)).collect()
    }

    /// The first contact, up to two in between, the latest, and what shows progress.
    fn activities(&mut self, case: &Case) -> Vec<Activity> {
        use ActivityKind::{Call, Complaint, Demo, Email, Meeting, Message, Quote, Sample, Visit};
        let held = case.days_held;
        let mut ages: Vec<(ActivityKind, u64)> = Vec::new();
        if held > 0 && self.draw.chance(990) {
            let age = if held == 1 { self.draw.below(2) } else { held - self.draw.below(2) };
            ages.push((self.draw.weighted(&[(Call, 7), (Message, 2), (Email, 1)]).clone(), age));
        }
        // How long silence may last, in days, a little less than the rules allow.
        let limit = match (case.deal, case.tier) {
            (true, _) => 58,
            (_, "vip") => 13,
            (_, "key") => 19,
            _ => 20,
        };
        let late = if self.draw.chance(20) { self.draw.between(limit, limit + 12) } else { self.draw.below(limit) };
        if held > late {
            let kind = self.draw.weighted(&[(Call, 7), (Visit, 1), (Meeting, 2)]).clone();
            ages.push((kind, late));
            for _ in 0..self.draw.below(3) {
                let kind = self.draw.weighted(&[(Call, 4), (Message, 3), (Email, 3)]).clone();
                ages.push((kind, self.draw.between(late, held)));
            }
        }
        if held > 45 && self.draw.chance(975) {
            let kind = self.draw.weighted(&[(Quote, 4), (Sample, 1), (Visit, 3), (Meeting, 2), (Demo, 1)]).clone();
            ages.push((kind, self.draw.below(45).max(late)));
        }
        if case.deal && held > 20 {
            ages.push((ActivityKind::Order, self.draw.between(5, held - 1)));
        }
        if self.draw.chance(20) {
            ages.push((Complaint, self.draw.below(5).min(held)));
        }
        let mut activities: Vec<(Timestamp, Activity)> = ages
            .into_iter()
            .map(|(kind, age)| {
                let at = self.worked(&case.calendar, age).max(case.start);
                (at, self.activity(kind, case.rep, at))
            })
            .collect();
        activities.sort_by_key(|(at, _)| *at);
        activities.into_iter().map(|(_, activity)| activity).collect()
    }

    fn activity(&mut self, kind: ActivityKind, rep: &str, at: Timestamp) -> Activity {
        let actor = if kind == ActivityKind::Complaint { Actor::Customer } else { Actor::Rep(known(rep)) };
        let seconds = (kind == ActivityKind::Call).then(|| self.draw.between(20, 1_500) as u32);
        let recorded = self.draw.chance(100).then(|| later(at, self.draw.between(1, 240) as i64 * MINUTE));
        let activity = Activity::new(kind, actor, Some(Occurred::At(at)), recorded).expect("it has a time");
        seconds.map_or(activity.clone(), |seconds| activity.with_duration_s(seconds))
    }

    fn protection(&mut self, case: &Case) -> Protection {
        let mut protection = Protection::new();
        if self.draw.chance(75) {
            let kinds = [(HoldKind::OpenOrder, 3), (HoldKind::UnpaidReceivable, 1), (HoldKind::SentQuote, 2)];
            let kind = self.draw.weighted(&kinds).clone();
            let document = known(&format!("D-{:05}", self.draw.below(100_000)));
            protection = protection.with_hold(match self.draw.below(10) {
                0..6 => BusinessHold::live(kind, document, Some(later(now(), self.draw.between(1, 60) as i64 * DAY))),
                6..8 => BusinessHold::live(kind, document, None),
                _ => BusinessHold::not_live(kind, document, Some(self.long_ago(0, 20).max(case.start))),
            });
        }
        if self.draw.chance(30) {
            let since = self.long_ago(0, 25).max(case.start);
            let until = self.draw.chance(800).then(|| later(since, self.draw.between(5, 40) as i64 * DAY));
            protection = protection.with_lock(Lock::new(Some(since), until));
        }
        let freezes = [(FreezeKind::Dispute, 5), (FreezeKind::Merge, 3), (FreezeKind::LegalHold, 2)];
        for (kind, n) in freezes {
            if self.draw.chance(n) {
                let until = self.draw.chance(300).then(|| later(now(), self.draw.between(1, 30) as i64 * DAY));
                protection = protection.with_freeze(Freeze::new(kind, until));
            }
        }
        if self.draw.chance(15) {
            let granted = self.long_ago(0, 10).max(case.start);
            let until = later(granted, self.draw.between(7, 30) as i64 * DAY);
            protection = protection.with_extension(Extension::new(Some(granted), until));
        }
        if self.draw.chance(10) {
            let from = self.long_ago(3, 40);
            protection = protection.with_pauses([(from, later(from, self.draw.between(2, 12) as i64 * DAY))]);
        }
        protection
    }

    /// An instant in working hours, about `days` days before now and not after it.
    fn worked(&mut self, calendar: &Calendar, days: u64) -> Timestamp {
        let mut day = calendar.day_of(earlier(now(), days));
        while !matches!(calendar.is_working_day(day), Ok(true)) {
            day = day.pred_opt().expect("working days are never far");
        }
        loop {
            // Mornings and afternoons, not the lunch break.
            let minute = match self.draw.below(2) {
                0 => self.draw.between(9 * 60, 11 * 60 + 55),
                _ => self.draw.between(13 * 60 + 35, 17 * 60 + 50),
            } as u32;
            let time = LocalTime::new(minute / 60, minute % 60).expect("a time of day");
            match calendar.local(day, time, Edge::Start) {
                Some(at) if at < now() => return at,
                _ => day = day.pred_opt().expect("yesterday has passed"),
            }
        }
    }

    fn long_ago(&mut self, from_days: u64, to_days: u64) -> Timestamp {
        let days = self.draw.between(from_days, to_days);
        let calendar = Arc::clone(&self.calendars[0]);
        self.worked(&calendar, days)
    }
}

/// The stay before a claim or an assignment, where it is not long ago.
fn came_from(pool: &str, case: &Case, customer: Customer) -> Customer {
    let way_in = customer.ownership().filter(|owned| owned.start().is_some()).map(Ownership::way_in);
    if !matches!(way_in, Some(WayIn::Claim | WayIn::Assign)) || case.days_held > 60 {
        return customer;
    }
    customer.with_last_stay(PoolStay::new(known(pool), earlier(case.start, 20)))
}

fn later(at: Timestamp, micros: i64) -> Timestamp {
    at.checked_add_micros(micros).expect("the sample lies in our age")
}

fn earlier(at: Timestamp, days: u64) -> Timestamp {
    later(at, -(days as i64) * DAY)
}
