import { dayInFull, dayNumber, isoDay, timeOfDay } from '../strings/when';

/** A message, or the part of it that is selected, as it goes to the clipboard. */
export type Copied = { author: string; at: number; text: string };

/** Several messages as plain text: who, when and what, and the days where there is more than one. */
export function asPlainText(messages: readonly Copied[]): string {
  const lines: string[] = [];
  for (const { message, day } of withDays(messages)) {
    if (day !== null) lines.push(...(lines.length === 0 ? [] : ['']), day);
    lines.push(`${message.author}, ${timeOfDay(message.at)}: ${message.text}`);
  }
  return lines.join('\n');
}

/** The same as HTML, for programs that keep a form. */
export function asHtml(messages: readonly Copied[]): string {
  return withDays(messages)
    .map(({ message: { author, at, text }, day }) => {
      const heading = day === null ? '' : `<p><b>${escaped(day)}</b></p>`;
      const time = `<time datetime="${isoDay(at)}T${timeOfDay(at)}">${timeOfDay(at)}</time>`;
      return `${heading}<p style="white-space: pre-wrap"><b><bdi>${escaped(author)}</bdi></b>, ${time}: <bdi>${lines(text)}</bdi></p>`;
    })
    .join('\n');
}

/** Each message with the day that begins with it, unless all are of one day. */
function withDays(messages: readonly Copied[]): { message: Copied; day: string | null }[] {
  const days = messages.map(({ at }) => dayNumber(at));
  const several = new Set(days).size > 1;
  return messages.map((message, index) => ({ message, day: several && days[index] !== days[index - 1] ? dayInFull(message.at) : null }));
}

function lines(text: string): string {
  return text.split('\n').map(escaped).join('<br>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
