/** What can be done with text. */
export type TextChoice = 'cut' | 'copy' | 'paste' | 'selectAll' | 'copyMessage';

/** A field that somebody can write into. */
export type TextField = HTMLInputElement | HTMLTextAreaElement;

/** What a menu was asked for. */
export type MenuTarget =
  | { kind: 'field'; field: TextField }
  | { kind: 'selection'; range: Range }
  | { kind: 'message'; row: HTMLElement };

const written = new Set(['text', 'search', 'password', 'email', 'url', 'tel', 'number']);

/** What a menu at `element` is about; `null`: nothing there can be copied or written. */
export function targetAt(element: Element, selection: Selection | null): MenuTarget | null {
  const field = element.closest('textarea, input');
  if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && written.has(field.type))) {
    return field.disabled ? null : { kind: 'field', field };
  }
  if (selection !== null && !selection.isCollapsed && selection.rangeCount > 0) return { kind: 'selection', range: selection.getRangeAt(0).cloneRange() };
  const row = element.closest('[data-testid="message"]');
  return row instanceof HTMLElement ? { kind: 'message', row } : null;
}

/** The choices for a target, in groups. Only what does something is offered. */
export function offered(target: MenuTarget): readonly (readonly TextChoice[])[] {
  switch (target.kind) {
    case 'field':
      return offeredFor(target.field);
    case 'selection':
      return [['copy']];
    case 'message':
      return [['copyMessage']];
  }
}

/** What of a field matters to what is offered. */
type FieldState = Pick<TextField, 'type' | 'readOnly' | 'selectionStart' | 'selectionEnd' | 'value'>;

export function offeredFor(field: FieldState): readonly (readonly TextChoice[])[] {
  const some = field.selectionStart !== field.selectionEnd;
  // A password is not to be had from the field again.
  const legible = field.type !== 'password';
  const editing: TextChoice[] = [
    ...(some && legible && !field.readOnly ? (['cut'] as const) : []),
    ...(some && legible ? (['copy'] as const) : []),
    ...(field.readOnly ? [] : (['paste'] as const)),
  ];
  const all: TextChoice[] = field.value === '' ? [] : ['selectAll'];
  return [editing, all].filter((group) => group.length > 0);
}
