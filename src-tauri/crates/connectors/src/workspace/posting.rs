//! Reads `[posting]`: the accounts, and the rules for VAT, dimensions, payees and the day.

use std::collections::{BTreeMap, HashMap};

use postonce_engine::domain::{
    AccountRule, Condition, Currency, DimensionRule, PartyRule, PostingDate, PostingRules, VatRule, VatTreatment,
    WithoutRate,
};

use super::toml_file::Section;
use super::{WorkspaceError, account};

const KEYS: &[&str] = &[
    "payable_account",
    "default_account",
    "categories",
    "rules",
    "vat",
    "vat_rules",
    "dimensions",
    "party",
    "payees",
    "date",
    "without_rate",
];
/// The hundredths of a per cent in a whole.
const WHOLE: u32 = 10_000;

/// Reads `[posting]`. `names_dimensions`: the books have the dimensions that the workspace names, and no others.
pub(super) fn posting(
    root: &Section<'_>,
    own_currency: Currency,
    names_dimensions: bool,
) -> Result<PostingRules, WorkspaceError> {
    let section = root.section("posting", KEYS)?.ok_or_else(|| root.missing("posting"))?;
    let default = match section.text("default_account")? {
        Some(_) => Some(account(section.required_text("default_account")?.value)),
        None => None,
    };
    let payable = account(section.required_text("payable_account")?.value);
    let categories = texts(&section, "categories")?.into_iter().map(|(category, number)| (category, account(&number)));
    let rules = PostingRules::of_accounts(payable, default, categories.collect());
    let vat = vat_rules(&section)?;
    Ok(PostingRules {
        rules: section.list("rules", RULE_KEYS)?.iter().map(rule).collect::<Result<_, _>>()?,
        vat_of_categories: texts(&section, "vat")?,
        vat,
        dimensions: dimensions(&section)?,
        unnamed_in_text: names_dimensions,
        party: word(&section, "party", PartyRule::ALL, PartyRule::Payee)?,
        payees: texts(&section, "payees")?,
        date: word(&section, "date", PostingDate::ALL, PostingDate::Expense)?,
        own_currency: Some(own_currency),
        without_rate: word(&section, "without_rate", WithoutRate::ALL, WithoutRate::Hold)?,
        ..rules
    })
}

/// Returns a table of texts.
fn texts(section: &Section<'_>, key: &str) -> Result<HashMap<String, String>, WorkspaceError> {
    let Some(table) = section.open_section(key)? else { return Ok(HashMap::new()) };
    let pair = |key: &str| Ok((key.trim().to_owned(), table.required_text(key)?.value.trim().to_owned()));
    table.keys().map(pair).collect()
}

/// Returns the word of a key, of those that there are.
fn word<T: Copy + std::fmt::Display>(
    section: &Section<'_>,
    key: &str,
    all: &[T],
    default: T,
) -> Result<T, WorkspaceError> {
    let Some(text) = section.text(key)? else { return Ok(default) };
    let found = all.iter().find(|word| word.to_string() == text.value.trim());
    let allowed = || all.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ");
    found.copied().ok_or_else(|| section.invalid(key, &text, allowed()))
}

const RULE_KEYS: &[&str] = &["category", "payee", "amount", "dimensions", "account", "vat"];

/// Reads one of `[[posting.rules]]`: its conditions, all of which must hold, and its account.
fn rule(section: &Section<'_>) -> Result<AccountRule, WorkspaceError> {
    let list = |section: &Section<'_>, key: &str| -> Result<Vec<String>, WorkspaceError> {
        Ok(section.texts(key)?.into_iter().map(|text| text.value.trim().to_owned()).collect())
    };
    let (categories, payees) = (list(section, "category")?, list(section, "payee")?);
    let mut conditions = Vec::new();
    conditions.extend((!categories.is_empty()).then_some(Condition::Category(categories)));
    conditions.extend((!payees.is_empty()).then_some(Condition::Payee(payees)));
    if let Some(dimensions) = section.open_section("dimensions")? {
        for name in dimensions.keys() {
            conditions.push(Condition::Dimension(name.trim().to_owned(), list(&dimensions, name)?));
        }
    }
    if let Some(text) = section.text("amount")? {
        conditions.push(match text.value {
            "negative" => Condition::Negative(true),
            "positive" => Condition::Negative(false),
            _ => return Err(section.invalid("amount", &text, "\"negative\" | \"positive\"")),
        });
    }
    if conditions.is_empty() {
        return Err(section.unfit("account", "category | payee | amount | dimensions"));
    }
    Ok(AccountRule {
        conditions,
        account: account(section.required_text("account")?.value),
        vat: section.text("vat")?.map(|vat| vat.value.trim().to_owned()),
    })
}

/// Reads `[posting.vat_rules.NAME]`.
fn vat_rules(posting: &Section<'_>) -> Result<BTreeMap<String, VatRule>, WorkspaceError> {
    let Some(table) = posting.open_section("vat_rules")? else { return Ok(BTreeMap::new()) };
    let mut rules = BTreeMap::new();
    for name in table.keys() {
        let known = ["code", "rate", "account", "deductible"];
        let section = table.section(name, &known)?.ok_or_else(|| table.missing(name))?;
        let treatment = match section.text("account")? {
            None if section.text("rate")?.is_some() => return Err(section.missing("account")),
            None => VatTreatment::Computed,
            Some(_) => VatTreatment::Apart {
                rate: percent(&section, "rate", None)?,
                account: account(section.required_text("account")?.value),
                deductible: percent(&section, "deductible", Some(WHOLE))?,
            },
        };
        let code = match section.text("code")? {
            Some(_) => Some(section.required_text("code")?.value.trim().to_owned()),
            None if treatment == VatTreatment::Computed => return Err(section.missing("code")),
            None => None,
        };
        rules.insert(name.trim().to_owned(), VatRule { code, treatment });
    }
    Ok(rules)
}

/// Returns hundredths of a per cent: `"25"`, `"12.5"`, `"11,11"`; 100 at most.
fn percent(section: &Section<'_>, key: &str, default: Option<u32>) -> Result<u32, WorkspaceError> {
    let text = match (section.text(key)?, default) {
        (Some(text), _) => text,
        (None, Some(default)) => return Ok(default),
        (None, None) => return Err(section.missing(key)),
    };
    let plain = text.value.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = !whole.is_empty() && fraction.len() <= 2 && are_digits(whole) && are_digits(fraction);
    let parsed = format!("{whole}{fraction:0<2}").parse::<u32>().ok().filter(|parts| is_plain && *parts <= WHOLE);
    parsed.ok_or_else(|| section.invalid(key, &text, "\"25\", \"12.5\" … (≤ 100)"))
}

/// Reads `[posting.dimensions.NAME]`.
fn dimensions(posting: &Section<'_>) -> Result<BTreeMap<String, DimensionRule>, WorkspaceError> {
    let Some(table) = posting.open_section("dimensions")? else { return Ok(BTreeMap::new()) };
    let mut rules = BTreeMap::new();
    for name in table.keys() {
        let section = table.section(name, &["required", "in_text", "values"])?.ok_or_else(|| table.missing(name))?;
        let rule = DimensionRule {
            is_required: section.boolean("required", false)?,
            is_in_text: section.boolean("in_text", false)?,
            values: texts(&section, "values")?,
        };
        rules.insert(name.trim().to_owned(), rule);
    }
    Ok(rules)
}
