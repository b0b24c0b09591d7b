"""Makes Odoo's books ready for the contract suite: a company in NOK, accounts, a journal, two input taxes, three analytic plans, a
rate of the euro, two users with a key each.

Read by `odoo shell`, which brings `env`, in a database with the modules `account` and `rpc`. What it makes is what `odoo.rs` promises.
"""

from datetime import datetime, timedelta
from os import environ

ACCOUNTS = [
    ("2930", "Owed to peer mentors", "liability_current"),
    ("2400", "Suppliers, by party", "liability_payable"),
    ("7140", "Travel", "expense"),
    ("7150", "Meals", "expense"),
    ("6860", "Courses and meetings", "expense"),
    ("6900", "Telephone", "expense"),
    ("7790", "Other costs", "expense"),
    ("2710", "Input VAT, high rate", "asset_current"),
    ("2711", "Input VAT, low rate", "asset_current"),
]
# Name, label on invoices, per cent, account.
TAXES = [("H25", "25 %", 25, "2710"), ("Low rate, purchases", "L12", 12, "2711")]
# Plan, and its accounts by code and name.
PLANS = [("Department", [("100", "Nord"), ("200", "Sør")]), ("Project", [("P7", "Bodø")]),
         ("Grant", [("G-1", "Grant one"), ("G-2", "Grant two")])]

env = env(context={**env.context, "tracking_disable": True})  # noqa: F821 (the shell brings it)
company = env.ref("base.main_company")
nok = env.ref("base.NOK")
nok.active = True
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
company.write({"name": "HLF", "currency_id": nok.id})

Account = env["account.account"].with_company(company)
there = {account.code: account for account in Account.search([("code", "in", [code for code, _, _ in ACCOUNTS])])}
for code, name, kind in ACCOUNTS:
    if code not in there:
        Account.create({"code": code, "name": name, "account_type": kind, "reconcile": kind == "liability_payable"})
env["account.journal"].with_company(company).create({
    "name": "Postonce", "code": "POST", "type": "general", "company_id": company.id})
for name, label, per_cent, account in TAXES:
    tax_account = Account.search([("code", "=", account)])
    shares = [(0, 0, {"repartition_type": "base"}),
              (0, 0, {"repartition_type": "tax", "factor_percent": 100, "account_id": tax_account.id})]
    env["account.tax"].with_company(company).create({
        "name": name, "invoice_label": label, "amount": per_cent, "amount_type": "percent", "type_tax_use": "purchase",
        "company_id": company.id, "invoice_repartition_line_ids": shares, "refund_repartition_line_ids": shares})
for plan, accounts in PLANS:
    there = env["account.analytic.plan"].search([("name", "=", plan), ("parent_id", "=", False)])
    plan = there or env["account.analytic.plan"].create({"name": plan})
    for code, name in accounts:
        env["account.analytic.account"].create(
            {"name": name, "code": code, "plan_id": plan.id, "company_id": company.id})
eur = env.ref("base.EUR")
eur.active = True
eur.rate_ids.unlink()
env["res.currency.rate"].create(
    {"name": "2026-01-01", "currency_id": eur.id, "company_id": company.id, "inverse_company_rate": 11.5})
# For what is refused: nothing is booked before this day any more.
company.fiscalyear_lock_date = "2019-12-31"

admin = env.ref("base.user_admin")
admin.group_ids |= (env.ref("account.group_account_manager") | env.ref("base.group_system")
                    | env.ref("analytic.group_analytic_accounting"))
clerk = env["res.users"].create({
    "name": "Clerk", "login": "clerk", "company_id": company.id, "company_ids": [(6, 0, [company.id])],
    "group_ids": [(6, 0, [env.ref("base.group_user").id, env.ref("account.group_account_readonly").id])]})
env.flush_all()
with open(environ["POSTONCE_KEYS"], "w", encoding="ascii") as keys:
    for user in (admin, clerk):
        until = datetime.now() + timedelta(days=3650)
        as_user = env["res.users.apikeys"].with_user(user).sudo(user == clerk)
        keys.write(as_user._generate("rpc", "contract suite", until) + "\n")
env.cr.commit()
print("ready")
