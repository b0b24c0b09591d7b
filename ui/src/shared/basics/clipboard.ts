/** What is copied, wherever the web view keeps its clipboard. */

/** Whether the text is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyAsSelected(text);
  }
}

/** As a person would who selects it: web views that keep the clipboard to themselves allow that. */
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
