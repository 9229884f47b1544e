//! Data forms (XEP-0004), as far as they are filled in here.

#![allow(clippy::useless_conversion, reason = "derived code for extracted fields")]

use xso::{AsXml, FromXml};

use crate::ns;

/// `<x/>`: a form to fill in, or one that has been.
#[derive(Clone, PartialEq, FromXml, AsXml)]
#[xml(namespace = ns::DATA_FORMS, name = "x")]
pub(crate) struct Form {
    #[xml(attribute = "type")]
    kind: String,
    #[xml(child(n = ..))]
    fields: Vec<Field>,
}

#[derive(Clone, PartialEq, FromXml, AsXml)]
#[xml(namespace = ns::DATA_FORMS, name = "field")]
struct Field {
    #[xml(attribute(default))]
    var: Option<String>,
    #[xml(attribute(name = "type", default))]
    kind: Option<String>,
    #[xml(extract(n = .., name = "value", fields(text(type_ = String))))]
    values: Vec<String>,
    #[xml(child(n = ..))]
    options: Vec<FieldOption>,
}

#[derive(Clone, PartialEq, FromXml, AsXml)]
#[xml(namespace = ns::DATA_FORMS, name = "option")]
struct FieldOption {
    #[xml(attribute(default))]
    label: Option<String>,
    #[xml(extract(fields(text)))]
    value: String,
}

impl Form {
    /// An answer to the form of that `FORM_TYPE` (XEP-0068).
    pub(crate) fn submission(form_type: &str) -> Self {
        Self {
            kind: "submit".into(),
            fields: vec![Field {
                var: Some("FORM_TYPE".into()),
                kind: Some("hidden".into()),
                values: vec![form_type.into()],
                options: Vec::new(),
            }],
        }
    }

    /// The same answers to the form of another `FORM_TYPE`.
    #[must_use]
    pub(crate) fn of_type(mut self, form_type: &str) -> Self {
        if let Some(kind) = self
            .fields
            .iter_mut()
            .find(|field| field.var.as_deref() == Some("FORM_TYPE"))
        {
            kind.values = vec![form_type.into()];
        }
        self
    }

    /// With one more answer.
    #[must_use]
    pub(crate) fn with(mut self, var: &str, value: impl Into<String>) -> Self {
        self.fields.push(Field {
            var: Some(var.into()),
            kind: None,
            values: vec![value.into()],
            options: Vec::new(),
        });
        self
    }

    /// With one more answer, where there is one.
    #[must_use]
    pub(crate) fn with_opt(self, var: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(var, value),
            None => self,
        }
    }

    /// What may be chosen for `var`, in the form's order.
    pub(crate) fn choices(&self, var: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |field| field.var.as_deref() == Some(var))
            .flat_map(|field| &field.options)
            .map(|option| option.value.as_str())
    }
}
