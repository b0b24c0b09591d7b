//! Takes VAT out of an amount as Odoo computes it, and reads it back.
//!
//! An entry of its own kind is no invoice: Odoo would put a tax on top of its lines. So Odoo is asked what it would take
//! out of the amount (`compute_all`), and the entry is made with the lines that it would make of them: the rest with the
//! tax, and the tax with its share, account and tags. Odoo leaves alone what comes whole (`_sync_tax_lines`, read in 19).

use std::collections::{HashMap, HashSet};

use postonce_engine::domain::{Currency, Money};
use rust_decimal::Decimal as Number;
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::Books;
use super::client::{Client, Fault, Kind};
use super::to_make::{LineToMake, TaxShare};
use super::value::{Decimal, Maybe, RecordLink};
use super::words::Obstacle;

/// The model of a tax.
pub(super) const MODEL: &str = "account.tax";
/// The ways to compute by which each part of an amount has the same share of tax.
const PROPORTIONAL: [&str; 2] = ["percent", "division"];

/// Describes a tax on purchases.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct TaxRow {
    id: i64,
    name: String,
    invoice_label: Maybe<String>,
    amount_type: String,
}

/// Holds what Odoo would take out of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ComputedBody {
    base_tags: Vec<i64>,
    taxes: Vec<ComputedShare>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ComputedShare {
    name: String,
    amount: Decimal,
    account_id: Maybe<i64>,
    tax_repartition_line_id: i64,
    tag_ids: Vec<i64>,
    #[serde(default)]
    analytic: bool,
}

/// Holds the taxes that a request names, and what they take out of its amounts.
#[derive(Debug, Default)]
pub(super) struct Taxes {
    of_code: HashMap<String, Vec<TaxRow>>,
    computed: HashMap<(i64, i64), ComputedBody>,
}

impl Taxes {
    /// Looks up the company's taxes on purchases under these codes.
    pub(super) async fn named(client: &Client, books: &Books, codes: &HashSet<&str>) -> Result<Self, Fault> {
        if codes.is_empty() {
            return Ok(Self::default());
        }
        let body = json!({"domain": [["type_tax_use", "=", "purchase"], ["company_id", "parent_of", [books.company]],
                                     "|", ["name", "in", codes], ["invoice_label", "in", codes]],
                          "fields": ["name", "invoice_label", "amount_type"], "order": "id", "context": books.context()});
        let rows: Vec<TaxRow> = match client.ask(MODEL, "search_read", &body).await {
            // Who may not read taxes has none: each record that names one is refused, and the others are sent.
            Err(Fault::Refused { kind: Kind::Access, .. }) => Vec::new(),
            rows => rows?,
        };
        let by = |code: &str| -> Vec<TaxRow> {
            let named: Vec<TaxRow> = rows.iter().filter(|row| row.name == code).cloned().collect();
            let labelled = || rows.iter().filter(|row| row.invoice_label.as_ref().is_some_and(|label| label == code));
            if named.is_empty() { labelled().cloned().collect() } else { named }
        };
        Ok(Self { of_code: codes.iter().map(|&code| (code.to_owned(), by(code))).collect(), computed: HashMap::new() })
    }

    /// Returns the id of the tax of a code.
    pub(super) fn id(&self, code: &str) -> Result<i64, Obstacle> {
        match self.of_code.get(code).map(Vec::as_slice) {
            None | Some([]) => Err(Obstacle::VatMissing { code: code.to_owned() }),
            Some([only]) if PROPORTIONAL.contains(&only.amount_type.as_str()) => Ok(only.id),
            Some(_) => Err(Obstacle::VatUnfit { code: code.to_owned() }),
        }
    }

    /// Asks Odoo what these taxes take out of these amounts, each pair once.
    pub(super) async fn compute(
        &mut self,
        client: &Client,
        books: &Books,
        wanted: impl Iterator<Item = (&str, Money)>,
    ) -> Result<(), Fault> {
        for (code, gross) in wanted {
            let Ok(tax) = self.id(code) else { continue };
            if self.computed.contains_key(&(tax, gross.minor())) {
                continue;
            }
            let mut context = books.context();
            context["force_price_include"] = true.into();
            // A credit is a refund, as Odoo sees a line of an entry.
            let price: Value = serde_json::from_str(&gross.to_decimal()).unwrap_or_default();
            let body = json!({"ids": [tax], "price_unit": price, "is_refund": gross.minor() < 0,
                              "rounding_method": "round_per_line", "context": context});
            let computed: ComputedBody = client.ask(MODEL, "compute_all", &body).await?;
            self.computed.insert((tax, gross.minor()), computed);
        }
        Ok(())
    }

    /// Divides a line into the rest, and the tax that is taken out of it.
    pub(super) fn divide(&self, code: &str, line: &LineToMake, text: &str) -> Result<Vec<LineToMake>, Obstacle> {
        let unfit = || Obstacle::VatUnfit { code: code.to_owned() };
        let tax = self.id(code)?;
        let gross = line.amount;
        let computed = self.computed.get(&(tax, gross.minor())).ok_or_else(unfit)?;
        let mut rest = gross.minor();
        let mut shares = Vec::new();
        for share in &computed.taxes {
            let amount = rounded(&share.amount, gross.currency()).ok_or_else(unfit)?;
            // A tax that is owed at the same time would make the voucher larger than the record.
            if amount.minor() != 0 && (amount.minor() < 0) != (gross.minor() < 0) {
                return Err(unfit());
            }
            rest -= amount.minor();
            shares.push((share, amount));
        }
        if rest != 0 && (rest < 0) != (gross.minor() < 0) {
            return Err(unfit());
        }
        let base = Money::from_minor(rest, gross.currency());
        let taxed = TaxShare { taxes: vec![tax], tags: computed.base_tags.clone(), ..TaxShare::default() };
        let mut lines = vec![LineToMake { amount: base, tax: taxed, ..line.clone() }];
        lines.extend(shares.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(share, amount)| LineToMake {
            account: share.account_id.as_ref().copied().unwrap_or(line.account),
            contact: None,
            text: format!("{text} · {}", share.name),
            amount,
            tax: TaxShare {
                taxes: Vec::new(),
                tags: share.tag_ids.clone(),
                share: Some(share.tax_repartition_line_id),
                base: Some(base),
            },
            analytic: line.analytic.clone().filter(|_| share.analytic),
            foreign: None,
        }));
        Ok(lines)
    }
}

/// Returns an amount that Odoo computed. It was rounded to the currency's decimals there, and came as the nearest float.
fn rounded(amount: &Decimal, currency: Currency) -> Option<Money> {
    let amount: Number = amount.0.parse().or_else(|_| Number::from_scientific(&amount.0)).ok()?;
    Money::from_decimal(&amount.round_dp(u32::from(currency.exponent())).to_string(), currency).ok()
}

/// Maps each tax to its names.
pub(super) type TaxNames = HashMap<i64, Vec<String>>;

/// Returns the names of these taxes, those out of use included.
pub(super) async fn names(client: &Client, books: &Books, ids: &HashSet<i64>) -> Result<TaxNames, Fault> {
    if ids.is_empty() {
        return Ok(TaxNames::new());
    }
    let mut context = books.context();
    context["active_test"] = false.into();
    let fields = ["name", "invoice_label", "amount_type"];
    let body = json!({"domain": [["id", "in", ids]], "fields": fields, "context": context});
    let rows: Vec<TaxRow> = client.ask(MODEL, "search_read", &body).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, std::iter::once(row.name).chain(row.invoice_label.is()).collect()))
        .collect())
}

/// Returns the ids of a line's taxes: those it bears, or the one that it is.
pub(super) fn of_line<'a>(
    taxes: &'a [i64],
    is_share_of: Option<&'a RecordLink>,
) -> impl Iterator<Item = i64> + use<'a> {
    taxes.iter().copied().chain(is_share_of.map(|tax| tax.0))
}
