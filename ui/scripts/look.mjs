/** What can be seen of a painted page without taste: what sticks out, what is cut off, and what axe-core finds. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Runs in the page. Text that no title tells in full, and boxes that make the window scroll sideways. */
function misfits() {
    const found = [];
    const wide = document.querySelectorAll('html, .frame, main, .dialog');
    for (const box of wide)
        if (box.scrollWidth > box.clientWidth + 1) found.push(`sideways: ${box.className || box.tagName}`);
    // A list has room in the smallest window; at 200 % it may be scrolled.
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

/** Everything that is found on the page as it is. */
export async function look(browser) {
    return browser.run(`(${misfits})()`);
}

/** What axe-core finds, with the contrast of what is painted. */
export async function axe(browser) {
    if (!(await browser.run('typeof window.axe === "object"'))) await browser.run(`${AXE};0`);
    return browser.run(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => id + ': ' + node.html.slice(0, 160))))`);
}

/** How much of the page is out of sight below: what it would take to see it whole. */
export async function hidden(browser) {
    return browser.run(`Math.max(0, ...[...document.querySelectorAll('.frame, main, .dialog')]
        .map((box) => box.scrollHeight - box.clientHeight))`);
}
