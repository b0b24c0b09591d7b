"""Makes Odoo's books ready for the contract suite: a company in NOK, accounts, a journal, two users with a key each.

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
]

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
# For what is refused: nothing is booked before this day any more.
company.fiscalyear_lock_date = "2019-12-31"

admin = env.ref("base.user_admin")
admin.group_ids |= env.ref("account.group_account_manager") | env.ref("base.group_system")
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
