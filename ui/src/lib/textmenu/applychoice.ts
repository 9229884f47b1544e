import { selectRow } from '../copying/selected';
import type { MenuTarget, TextChoice, TextField } from './offer';

/** Does what was chosen, where the menu was opened. The events of the platform's own editing follow from it. */
export async function applyChoice(choice: TextChoice, target: MenuTarget): Promise<void> {
  switch (target.kind) {
    case 'field':
      target.field.focus();
      if (choice === 'paste') await paste(target.field);
      else document.execCommand(choice);
      return;
    case 'selection':
      selectAgain(target.range);
      document.execCommand('copy');
      return;
    case 'message':
      target.row.focus({ preventScroll: true });
      selectRow(target.row);
      document.execCommand('copy');
      return;
  }
}

function selectAgain(range: Range): void {
  const selection = document.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** Not every web view lets a page paste by itself; what it may read instead is put in as if it were typed. */
async function paste(field: TextField): Promise<void> {
  if (document.execCommand('paste')) return;
  try {
    const text = await navigator.clipboard.readText();
    field.focus();
    document.execCommand('insertText', false, text);
  } catch {
    // Nothing is on the clipboard that is text, or the system keeps it.
  }
}
