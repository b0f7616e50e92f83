//! JSON trees that may hold a key twice, printed with one key a line so that a test knows where each stands.

use serde_json::Value;

/// A JSON value whose objects keep the order of their keys and may repeat one.
#[derive(Clone, Debug)]
pub enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    Plain(Value),
}

/// One step into a tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Key(String),
    Item(usize),
}

/// Where something stands in a tree.
pub type Place = Vec<Step>;

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(map) => Self::Object(map.iter().map(|(key, value)| (key.clone(), value.into())).collect()),
            Value::Array(items) => Self::Array(items.iter().map(Into::into).collect()),
            plain => Self::Plain(plain.clone()),
        }
    }
}

impl Json {
    /// The tree of a text, without repeated keys.
    pub fn read(text: &str) -> Self {
        (&serde_json::from_str::<Value>(text).expect("a JSON document")).into()
    }

    /// Every place in the tree, the root first.
    pub fn places(&self) -> Vec<Place> {
        let mut found = vec![Place::new()];
        let mut below = |step: Step, value: &Self| {
            for place in value.places() {
                found.push(core::iter::once(step.clone()).chain(place).collect());
            }
        };
        match self {
            Self::Object(entries) => entries.iter().for_each(|(key, value)| below(Step::Key(key.clone()), value)),
            Self::Array(items) => items.iter().enumerate().for_each(|(i, value)| below(Step::Item(i), value)),
            Self::Plain(_) => {}
        }
        found
    }

    pub fn at(&self, place: &[Step]) -> &Self {
        match (self, place) {
            (value, []) => value,
            (Self::Object(entries), [Step::Key(key), rest @ ..]) => {
                entries.iter().find(|(known, _)| known == key).expect("the key is there").1.at(rest)
            }
            (Self::Array(items), [Step::Item(i), rest @ ..]) => items[*i].at(rest),
            _ => panic!("{place:?} is not in {self:?}"),
        }
    }

    /// The same tree with another value at a place.
    pub fn with(&self, place: &[Step], new: Self) -> Self {
        let mut tree = self.clone();
        let mut here = &mut tree;
        for step in place {
            here = match (here, step) {
                (Self::Object(entries), Step::Key(key)) => {
                    &mut entries.iter_mut().find(|(known, _)| known == key).expect("the key is there").1
                }
                (Self::Array(items), Step::Item(i)) => &mut items[*i],
                _ => panic!("{place:?} is not in the tree"),
            };
        }
        *here = new;
        tree
    }

    /// The entries of every object, with its place.
    pub fn objects(&self) -> Vec<(Place, Vec<(String, Self)>)> {
        let object = |place: Place| match self.at(&place) {
            Self::Object(entries) => Some((place.clone(), entries.clone())),
            _ => None,
        };
        self.places().into_iter().filter_map(object).collect()
    }

    /// `null`, `bool`, `number`, `text`, `list` or `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Object(_) => "object",
            Self::Array(_) => "list",
            Self::Plain(Value::Null) => "null",
            Self::Plain(Value::Bool(_)) => "bool",
            Self::Plain(Value::Number(_)) => "number",
            Self::Plain(_) => "text",
        }
    }

    /// The text, every key on a line of its own.
    pub fn print(&self) -> String {
        match self {
            Self::Object(entries) => {
                let entry =
                    |(key, value): &(String, Self)| format!("\n{}:{}", Value::from(key.as_str()), value.print());
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
            }
            Self::Array(items) => format!("[{}]", items.iter().map(Self::print).collect::<Vec<_>>().join(",")),
            Self::Plain(value) => value.to_string(),
        }
    }
}

/// The place as the crate writes it: `$.groups[0].id`.
pub fn path(place: &[Step]) -> String {
    place.iter().fold("$".to_owned(), |path, step| match step {
        Step::Key(key) => format!("{path}.{key}"),
        Step::Item(i) => format!("{path}[{i}]"),
    })
}
