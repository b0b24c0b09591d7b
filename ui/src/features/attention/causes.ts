/**
 * Groups what waits for a person by its cause: many records wait for one thing, which is put right once. A cause that an
 * account mends says which.
 */
import * as m from '$messages';
import type { AttentionItem, PostingForm, Sum } from '$ipc';
import { totals } from '$shared/basics/total';
import { reasonSentence } from '$shared/notices/problem';

/** The account that is missing: that of a category, or another one in place of one that was refused. */
export type Mend = { kind: 'category'; category: string } | { kind: 'account'; account: string };
export type Cause = {
  key: string;
  title: string;
  /** The accounting system's own words, where the title is not them. */
  says: string | null;
  items: AttentionItem[];
  sums: Sum[];
  mend: Mend | null;
  /** The records lie in a closed period: another day is chosen for them. */
  isPeriodClosed?: boolean;
};

/** Returns the causes, the one with most records first; those of one record keep their order behind them. */
export function causesOf(items: AttentionItem[], posting: PostingForm | null): Cause[] {
  const causes = new Map<string, Cause>();
  for (const [place, item] of items.entries()) {
    const found = causeOf(item, place, posting);
    const cause = causes.get(found.key) ?? { ...found, items: [], sums: [] };
    cause.items.push(item);
    causes.set(found.key, cause);
  }
  return [...causes.values()]
    .map((cause) => ({ ...cause, sums: sumsOf(cause.items) }))
    .sort((a, b) => b.items.length - a.items.length);
}

function causeOf(
  item: AttentionItem,
  place: number,
  posting: PostingForm | null,
): Omit<Cause, 'items' | 'sums'> {
  const { reason } = item;
  // A decision is made for each of these by itself.
  if (!reason || !['refused', 'held'].includes(item.state) || isLookAlike(item)) {
    // Two rows without an id may stand on one line, of the file before and of this one.
    return { key: `own ${item.recordId ?? `row ${place}`}`, title: '', says: null, mend: null };
  }
  const words = reasonSentence(reason);
  if (reason.kind === 'held' && reason.code === 'account_missing') {
    const category = reason.params['category'] ?? '';
    const title = category ? m.cause_category({ category }) : m.cause_no_category();
    return { key: `category ${category}`, title, says: null, mend: { kind: 'category', category } };
  }
  if (isPeriodClosed(item)) {
    return { key: 'closed', title: m.cause_closed(), says: words, mend: null, isPeriodClosed: true };
  }
  const account = reason.kind === 'refused' ? accountIn(reason.detail, posting) : null;
  if (account) {
    const mend: Mend = { kind: 'account', account };
    return { key: `account ${account}`, title: m.cause_account({ account }), says: words, mend };
  }
  return { key: `words ${words}`, title: words, says: null, mend: null };
}

export function isPeriodClosed({ state, reason }: AttentionItem): boolean {
  return state === 'refused' && reason?.kind === 'refused' && reason.isPeriodClosed;
}

/** Returns the first day that is open for all of these, as far as the accounting system names it. */
export function nextOpen(items: AttentionItem[]): string | null {
  const days = items.map(({ reason }) => (reason?.kind === 'refused' ? reason.nextOpen : null));
  return days.includes(null)
    ? null
    : (days
        .flatMap((day) => day ?? [])
        .sort()
        .at(-1) ?? null);
}

function isLookAlike({ reason }: AttentionItem): boolean {
  return reason?.kind === 'held' && reason.code === 'id_look_alike';
}

/** Returns the one account of ours that a refusal speaks of; `null` where it speaks of none, or of several. */
function accountIn(detail: string, posting: PostingForm | null): string | null {
  if (!posting || !/account|konto/i.test(detail)) return null;
  const named = new Set(
    (detail.match(/[\p{L}\d]+/gu) ?? []).filter((word) => uses(posting, word).length > 0),
  );
  const [account] = named;
  return named.size === 1 && account ? account : null;
}

/** Returns what an account is used for, in words. */
export function uses(posting: PostingForm, account: string): string[] {
  if (account === '') return [];
  const { payableAccount, defaultAccount, categories } = posting;
  return [
    ...categories
      .filter((each) => each.account === account)
      .map(({ category }) => category || m.posting_no_category()),
    ...(defaultAccount === account ? [m.mend_use_default()] : []),
    ...(payableAccount === account ? [m.mend_use_payable()] : []),
  ];
}

/** Returns the accounts as they are once the cause is mended with this account. */
export function mended(posting: PostingForm, mend: Mend, account: string): PostingForm {
  const { payableAccount, defaultAccount, categories } = posting;
  if (mend.kind === 'category') {
    const others = categories.filter((each) => each.category !== mend.category);
    return { ...posting, categories: [...others, { category: mend.category, account }] };
  }
  const other = (used: string) => (used === mend.account ? account : used);
  return {
    payableAccount: other(payableAccount),
    defaultAccount: other(defaultAccount),
    categories: categories.map((each) => ({ ...each, account: other(each.account) })),
  };
}

function sumsOf(items: AttentionItem[]): Sum[] {
  return totals(items.flatMap(({ amount }) => (amount ? [{ sum: amount }] : [])));
}
