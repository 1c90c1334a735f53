//! The JSON shape of an assessment: a promise of the command line.

pub(super) use crate::deliver::shape::relation;
use crate::domain::{Assessment, CleanText};
use serde_json::{Value, json};

/// One assessed item as `assess` prints it. `text` adds the cleaned fields that offsets refer to.
pub(super) fn line(id: &Value, assessment: &Assessment, text: Option<&CleanText>) -> Value {
    let relations: Vec<Value> = assessment.relations.iter().map(relation).collect();
    let mut line = json!({
        "id": id,
        "lang": assessment.lang,
        "sanctions": assessment.sanctions,
        "alliance": assessment.alliance,
        "countries": assessment.countries,
        "relations": relations,
    });
    if let (Some(text), Some(line)) = (text, line.as_object_mut()) {
        line.insert("text".to_owned(), json!(text));
    }
    line
}
