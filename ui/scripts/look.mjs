/**
 * Checks a painted page for faults that need no taste: boxes that stick out, text that is cut off, and the findings
 * of axe-core.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Runs in the page: returns text that is cut off and has no title, and boxes that make the window scroll sideways. */
function misfits() {
    const found = [];
    const wide = document.querySelectorAll('html, .frame, main, .dialog, .dialog-body');
    for (const box of wide)
        if (box.scrollWidth > box.clientWidth + 1) found.push(`sideways: ${box.className || box.tagName}`);
    // A list fits into the smallest window; at 200 % it may scroll.
    if (innerWidth >= 900)
        for (const card of document.querySelectorAll('.card.scroll'))
            if (card.scrollWidth > card.clientWidth + 1) found.push('sideways: a list');
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
        const text = texts.currentNode;
        const parent = text.parentElement;
        if (
            !parent ||
            !text.data.trim() ||
            parent.closest('.visually-hidden, .skip, .print-sheet, script, style, option')
        )
            continue;
        range.selectNodeContents(text);
        const { right, left, width } = range.getBoundingClientRect();
        if (width === 0) continue;
        for (let box = parent; box; box = box.parentElement) {
            const { overflowX } = getComputedStyle(box);
            if (overflowX === 'auto' || overflowX === 'scroll') break;
            const edge = box.getBoundingClientRect();
            const out = right > edge.right + 1 || left < edge.left - 1;
            const shuts = overflowX === 'hidden' || overflowX === 'clip' || box === document.body;
            const bounds = shuts || ['BUTTON', 'TD', 'TH'].includes(box.tagName);
            if (out && bounds && !parent.closest('[title]')) {
                found.push(`cut off in ${box.tagName}: ${text.data.trim().slice(0, 60)}`);
                break;
            }
        }
    }
    return [...new Set(found)];
}

/** Returns every finding on the page as it is. */
export async function look(browser) {
    return browser.run(`(${misfits})()`);
}

/** Returns the findings of axe-core, including the contrast as painted. */
export async function axe(browser) {
    if (!(await browser.run('typeof window.axe === "object"'))) await browser.run(`${AXE};0`);
    return browser.run(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => id + ': ' + node.html.slice(0, 160))))`);
}

/** Returns how many pixels of the page are out of sight below. */
export async function hidden(browser) {
    return browser.run(`Math.max(0, ...[...document.querySelectorAll('.frame, main, .dialog-body')]
        .map((box) => box.scrollHeight - box.clientHeight))`);
}
