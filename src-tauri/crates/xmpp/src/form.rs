//! Data forms (XEP-0004), as far as they are filled in here.

#![allow(clippy::useless_conversion, reason = "derived code for extracted fields")]

use xmpp_parsers::minidom::Element;
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
    /// Title and instructions; left out of answers.
    #[xml(element(n = ..))]
    more: Vec<Element>,
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
    /// Descriptions, marks of required fields, rules of validation; left out of answers.
    #[xml(element(n = ..))]
    more: Vec<Element>,
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
                more: Vec::new(),
            }],
            more: Vec::new(),
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
            more: Vec::new(),
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

    /// An answer to a form that leaves everything as it stands in it.
    #[must_use]
    pub(crate) fn kept(self, form_type: &str) -> Self {
        let stands = self.fields.into_iter().filter(|field| {
            let is_fixed = field.kind.as_deref() == Some("fixed");
            !is_fixed && field.var.as_deref().is_some_and(|var| var != "FORM_TYPE")
        });
        let mut kept = Self::submission(form_type);
        kept.fields.extend(stands.map(|field| Field {
            kind: None,
            options: Vec::new(),
            more: Vec::new(),
            ..field
        }));
        kept
    }

    /// With another answer, if the form asks for it.
    #[must_use]
    pub(crate) fn answering(mut self, var: &str, value: &str) -> Self {
        if let Some(field) = self.fields.iter_mut().find(|field| field.var.as_deref() == Some(var)) {
            field.values = vec![value.to_owned()];
        }
        self
    }

    /// The first answer that stands for `var`.
    pub(crate) fn answer(&self, var: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.var.as_deref() == Some(var))?;
        field.values.first().map(String::as_str)
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
