"""Makes Tryton's books ready for the contract suite: a company in NOK, accounts, a journal, fiscal years, two users.

Run by `prepare.rs` with the environment's python, PGHOST and PGUSER set, in an empty database. It works inside the server's own
classes, as `trytond-admin` does; no server runs meanwhile. What it makes is what `books.rs` promises.
"""

import datetime
import sys
from decimal import Decimal

from trytond import config

DATABASE, CONFIGURATION, PASSWORD, CLERK_PASSWORD = sys.argv[1:5]
config.update_etc(CONFIGURATION)

from trytond.pool import Pool  # noqa: E402 (the configuration has to be read first)
from trytond.transaction import Transaction, TransactionError  # noqa: E402

FIRST_YEAR, LAST_YEAR = 2019, 2028
# Code, name, what kind of account of the chart's own it is like.
ACCOUNTS = [
    ("2930", "Owed to peer mentors", "liability"),
    ("2400", "Suppliers, by party", "payable"),
    ("7140", "Travel", "expense"),
    ("7150", "Meals", "expense"),
    ("6860", "Courses and meetings", "expense"),
    ("6900", "Telephone", "expense"),
    ("7790", "Other costs", "expense"),
    ("2710", "Input VAT, high rate", "liability"),
    ("2711", "Input VAT, low rate", "liability"),
]
# Name, description, rate, account.
TAXES = [("H25", "25 %", "0.25", "2710"), ("Low rate, purchases", "L12", "0.12", "2711")]
# Root, and its accounts by code and name.
ROOTS = [("Department", [("100", "Nord"), ("200", "Sør")]), ("Project", [("P7", "Bodø")]),
         ("Grant", [("G-1", "Grant one"), ("G-2", "Grant two")])]


def company():
    pool = Pool()
    Currency, Party, Company, User = (
        pool.get(name) for name in ("currency.currency", "party.party", "company.company", "res.user"))
    (nok,) = Currency.create([{
        "name": "Norwegian krone", "code": "NOK", "symbol": "kr", "rounding": Decimal("0.01"), "digits": 2}])
    (party,) = Party.create([{"name": "HLF", "code": "HLF"}])
    (made,) = Company.create([{"party": party.id, "currency": nok.id, "timezone": "Europe/Oslo"}])
    (admin,) = User.search([("login", "=", "admin")])
    User.write([admin], {
        "password": PASSWORD, "companies": [("add", [made.id])], "company": made.id, "email": "admin@example.org"})
    return made


def chart(made):
    pool = Pool()
    Template, Account = pool.get("account.account.template"), pool.get("account.account")
    Create = pool.get("account.create_chart", type="wizard")
    data = pool.get("ir.model.data")
    root = Template(data.get_id("account", "account_template_root_en"))
    session, _, _ = Create.create()
    wizard = Create(session)
    wizard.account.company = made
    wizard.account.account_template = root
    wizard._execute("create_account")
    Create.delete(session)

    (top,) = Account.search([("parent", "=", None), ("company", "=", made.id)])
    (payable,) = Account.search([("type.payable", "=", True), ("company", "=", made.id)], limit=1)
    (expense,) = Account.search([("type.expense", "=", True), ("company", "=", made.id)], limit=1)
    Kind = pool.get("account.account.type")
    (liability,) = Kind.create([{
        "name": "Owed to peer mentors", "statement": "balance", "company": made.id,
        "parent": payable.type.parent.id if payable.type.parent else None}])
    kinds = {"liability": liability.id, "payable": payable.type.id, "expense": expense.type.id}
    Account.create([{
        "code": code, "name": name, "type": kinds[kind], "parent": top.id, "company": made.id,
        "party_required": kind == "payable"} for code, name, kind in ACCOUNTS])


def taxes(made):
    pool = Pool()
    Account, Group, Tax = (pool.get(name) for name in ("account.account", "account.tax.group", "account.tax"))
    (group,) = Group.create([{"name": "Input VAT", "code": "in", "kind": "purchase"}])
    for name, description, rate, code in TAXES:
        (account,) = Account.search([("code", "=", code), ("company", "=", made.id)])
        Tax.create([{
            "name": name, "description": description, "type": "percentage", "rate": Decimal(rate), "group": group.id,
            "company": made.id, "invoice_account": account.id, "credit_note_account": account.id}])


def analytic(made):
    Account = Pool().get("analytic_account.account")
    for name, accounts in ROOTS:
        (root,) = Account.create([{"name": name, "type": "root", "company": made.id}])
        Account.create([{
            "name": name, "code": code, "type": "normal", "root": root.id, "parent": root.id, "company": made.id}
            for code, name in accounts])


def euro():
    """A euro is worth 11.50 kroner from 2026 on."""
    Currency, Rate = Pool().get("currency.currency"), Pool().get("currency.currency.rate")
    (nok,) = Currency.search([("code", "=", "NOK")])
    (eur,) = Currency.create([{
        "name": "Euro", "code": "EUR", "symbol": "€", "rounding": Decimal("0.01"), "digits": 2}])
    day = datetime.date(2026, 1, 1)
    Rate.create([{"currency": eur.id, "date": day, "rate": Decimal("1")},
                 {"currency": nok.id, "date": day, "rate": Decimal("11.5")}])


def journal():
    Journal = Pool().get("account.journal")
    Journal.create([{"name": "Postonce", "code": "POST", "type": "general"}])


def years(made):
    pool = Pool()
    Year, Period = pool.get("account.fiscalyear"), pool.get("account.period")
    Sequence, Kind = pool.get("ir.sequence.strict"), pool.get("ir.sequence.type")
    (kind,) = Kind.search([("name", "=", "Account Move")], limit=1)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        (sequence,) = Sequence.create([{
            "name": f"Moves {year}", "sequence_type": kind.id, "company": made.id, "prefix": f"{year}/"}])
        (fiscal,) = Year.create([{
            "name": str(year), "company": made.id, "move_sequence": sequence.id,
            "start_date": datetime.date(year, 1, 1), "end_date": datetime.date(year, 12, 31)}])
        Year.create_period([fiscal])
    # Closed, for what is refused.
    closed = Year.search([("name", "=", str(FIRST_YEAR))])
    periods = [period for year in closed for period in year.periods]
    Period.close(periods)


def clerk(made):
    """May read, and neither makes nor posts a move."""
    User = Pool().get("res.user")
    User.create([{
        "name": "Clerk", "login": "clerk", "password": CLERK_PASSWORD, "email": "clerk@example.org",
        "companies": [("add", [made.id])], "company": made.id, "groups": [("remove", [])]}])


def everything():
    """All of it or nothing. The server says by an exception which tables it wants locked first, and is then asked again."""
    extras = {}
    while True:
        with Transaction().start(DATABASE, 0, **extras) as transaction:
            try:
                made = company()
                with transaction.set_context(company=made.id, companies=[made.id]):
                    chart(made)
                    taxes(made)
                    analytic(made)
                    euro()
                    journal()
                    years(made)
                    clerk(made)
                return
            except TransactionError as error:
                transaction.rollback()
                error.fix(extras)


if __name__ == "__main__":
    Pool.start()
    Pool(DATABASE).init()
    everything()
    print("ready")
