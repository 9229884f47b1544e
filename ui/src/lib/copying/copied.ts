import type { MessageItem } from '../backend/types';
import { plainText } from '../thread/layout';
import { strings } from '../strings/strings';
import { asHtml, asPlainText, type Copied } from './messages';
import { selectedParts, textOf } from './selected';

/**
 * What goes to the clipboard for a selection in a list of messages: within one message the text as it was written, across several
 * who wrote what and when. `null`: nothing of a message is selected.
 *
 * @param messageOf the message of a row
 * @param me what the signed-in person is called
 */
export function copied(list: HTMLElement, range: Range, messageOf: (row: HTMLElement) => MessageItem | null, me: string): { plain: string; html: string | null } | null {
  const parts = selectedParts(list, range).flatMap((part): Copied[] => {
    const message = messageOf(part.row);
    if (message === null) return [];
    const author = message.author.kind === 'me' ? me : message.author.name;
    return [{ author, at: message.at, text: textOf(part, message.retracted ? strings.thread.retracted : plainText(message)) }];
  });
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 ? { plain: first.text, html: null } : { plain: asPlainText(parts), html: asHtml(parts) };
}
