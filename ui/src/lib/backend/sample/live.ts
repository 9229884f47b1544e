import type { SampleChats } from './chats';
import { lastWriter, type SampleMessages } from './messages';
import { staff } from './people';
import { live } from './scripts';

/** Colleagues type and write for as long as the sample runs. */
export function startWriting(chats: SampleChats, messages: SampleMessages): void {
  let turn = 0;
  setInterval(() => {
    const chat = chats.all[turn % Math.min(6, chats.all.length)];
    if (chat === undefined) return;
    const writer = lastWriter(chat);
    const name = staff.find((colleague) => colleague.key === writer)?.person.name ?? writer;
    chats.update(chat, { typing: [name] });
    const text = live[turn % live.length] ?? '';
    turn += 3;
    setTimeout(() => {
      chats.update(chat, { typing: [] });
      messages.arrive(chat, text, writer);
    }, 2500);
  }, 7000);
}
