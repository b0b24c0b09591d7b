/** Copies text, wherever the web view keeps its clipboard. */

/** Copies the text. Returns whether it is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyAsSelected(text);
  }
}

/** Selects and copies as a person would: web views that close their clipboard allow that. */
function copyAsSelected(text: string): boolean {
  const at = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.setAttribute('aria-hidden', 'true');
  field.style.position = 'fixed';
  field.style.opacity = '0';
  // Within a modal dialog nothing outside of it can be selected.
  (at?.closest('dialog') ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (at instanceof HTMLElement) at.focus();
  }
}
