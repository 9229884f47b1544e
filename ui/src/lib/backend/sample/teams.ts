import type {
  NewTeam,
  OpenTeam,
  TeamAction,
  TeamChange,
  TeamDetails,
  TeamEvent,
  TeamHead,
  TeamMember,
  TeamRole,
} from '../types';
import { MUTED_FOR_EVER } from '../../state/chatstate';
import { fail } from './fail';
import type { SampleChats } from './chats';
import { type Chat, freshChat, freshRow, notice, teamChat } from './hospital';
import { me } from './people';
import { openTeams } from './teamlist';
import { byAddress, inOrder, teamMember } from './teammembers';

/** Longest name of a team. */
const NAME_LIMIT = 100;

const allowed: Readonly<Record<TeamRole, readonly TeamAction[]>> = {
  owner: ['describe', 'add', 'remove', 'handOver', 'leave', 'end'],
  admin: ['add', 'remove', 'leave'],
  member: ['leave'],
};

/** The teams of the sample hospital, their members, and changes of both. */
export class SampleTeams {
  readonly #chats: SampleChats;
  readonly #online: () => boolean;

  constructor(chats: SampleChats, online: () => boolean) {
    this.#chats = chats;
    this.#online = online;
  }

  create({ name, purpose, members }: NewTeam): number {
    this.#connected();
    const named = checked(name);
    const chosen = members.map((address) => teamMember(byAddress(address), 'member'));
    const initials = named.split(' ').map((word) => word.charAt(0)).slice(0, 2).join('');
    const head: TeamHead = { members: chosen.length + 1, membership: { kind: 'member' }, mentions: 0, level: 'all' };
    const row = freshRow(this.#chats.nextId(), { name: named, role: null, ward: null, avatar: { initials, colour: 5, picture: null }, resembles: null }, { kind: 'team', team: head });
    const key = named.toLowerCase().replace(/\W+/g, '-');
    const known = { address: `${key}@teams.stalban.example`, purpose: purpose.trim() || null, members: inOrder([teamMember(me, 'owner'), ...chosen]) };
    const chat = freshChat(key, row, known, this.#chats.now());
    this.#chats.add(chat);
    this.#publish(chat, [{ kind: 'created', by: [], with: chosen.map(({ who }) => who) }]);
    return row.id;
  }

  details({ row, team }: Chat): TeamDetails {
    if (team === null || row.team === null) fail({ code: 'notFound' });
    const { membership, level } = row.team;
    const mine = team.members.find(({ who }) => who.kind === 'me');
    return {
      conversation: row.id,
      name: row.person.name,
      purpose: team.purpose,
      members: membership.kind === 'member' ? team.members : null,
      membership,
      allowed: membership.kind === 'member' && mine !== undefined ? [...allowed[mine.role]] : [],
      level,
    };
  }

  change(chat: Chat, change: TeamChange): void {
    this.#connected();
    const { team } = chat;
    if (team === null || chat.row.team === null) fail({ code: 'notFound' });
    switch (change.kind) {
      case 'describe': {
        const name = checked(change.name);
        const purpose = change.purpose.trim();
        const events: TeamEvent[] = [];
        if (name !== chat.row.person.name) events.push({ kind: 'renamed', name });
        if (purpose !== (team.purpose ?? '')) events.push({ kind: 'purpose', text: purpose });
        team.purpose = purpose || null;
        this.#chats.update(chat, { person: { ...chat.row.person, name } });
        return this.#followUp(chat, events);
      }
      case 'add': {
        const added = change.people.map((address) => teamMember(byAddress(address), 'member'));
        return this.#members(chat, [...team.members, ...added], [{ kind: 'added', who: added.map(({ who }) => who) }]);
      }
      case 'remove': {
        const gone = team.members.find(({ address }) => address === change.person) ?? fail({ code: 'notFound' });
        return this.#members(chat, team.members.filter((one) => one !== gone), [{ kind: 'gone', who: [gone.who] }]);
      }
      case 'handOver': {
        const next = team.members.find(({ address }) => address === change.person) ?? fail({ code: 'notFound' });
        const members = team.members.map((one) => (one === next ? { ...one, role: 'owner' as const } : one.who.kind === 'me' ? { ...one, role: 'member' as const } : one));
        return this.#members(chat, members, [{ kind: 'owner', who: [next.who] }]);
      }
      case 'leave':
        return this.#away(chat, { kind: 'left' });
      case 'end':
        return this.#away(chat, { kind: 'ended' });
      case 'enter': {
        // The event of an invited person's addition came with the invitation.
        const events: TeamEvent[] = chat.row.team.membership.kind === 'left' ? [{ kind: 'joined', who: [{ kind: 'me' }] }] : [];
        this.#head(chat, { membership: { kind: 'member' } });
        return this.#members(chat, [...team.members, teamMember(me, 'member')], events);
      }
      case 'dismiss':
        return this.#chats.remove(chat);
      case 'notify':
        this.#chats.update(chat, { mutedUntil: change.level === 'none' ? MUTED_FOR_EVER : null });
        this.#head(chat, { level: change.level });
        return this.#changed(chat);
    }
  }

  open(): OpenTeam[] {
    this.#connected();
    const all = this.#chats.all.filter(({ key }) => ['flow', 'night', ...openTeams.map((team) => team.key)].includes(key));
    const here = all.map(({ team, row }) => ({ address: team?.address ?? '', name: row.person.name, conversation: row.id }));
    const elsewhere = openTeams.map(({ key, person }) => ({ address: `${key}@teams.stalban.example`, name: person.name, conversation: null }));
    return [...here, ...elsewhere.filter(({ address }) => !here.some((one) => one.address === address))];
  }

  join(address: string): number {
    this.#connected();
    const found = openTeams.find(({ key }) => address.startsWith(`${key}@`)) ?? fail({ code: 'notFound' });
    const chat = teamChat(found, this.#chats.nextId(), this.#chats.now());
    this.#chats.add(chat);
    this.#publish(chat, [{ kind: 'joined', who: [{ kind: 'me' }] }]);
    return chat.row.id;
  }

  /** Changes the membership of the signed-in person, as if somebody else had done it. */
  changeMembership(chat: Chat, membership: TeamHead['membership']): void {
    this.#head(chat, { membership });
    this.#changed(chat);
  }

  #away(chat: Chat, membership: TeamHead['membership']): void {
    const { team } = chat;
    if (team === null) return;
    const others = team.members.filter(({ who }) => who.kind === 'other');
    const owned = others.some(({ role }) => role === 'owner');
    this.#head(chat, { membership });
    this.#members(chat, owned ? others : others.map((one, index) => (index === 0 ? { ...one, role: 'owner' } : one)), [{ kind: 'left', who: [{ kind: 'me' }] }]);
  }

  #members(chat: Chat, members: readonly TeamMember[], events: TeamEvent[]): void {
    if (chat.team === null) return;
    chat.team.members = inOrder(members);
    this.#head(chat, { members: members.length });
    this.#followUp(chat, events);
  }

  #followUp(chat: Chat, events: TeamEvent[]): void {
    if (events.length > 0) this.#publish(chat, events);
    this.#changed(chat);
  }

  /** A line in the thread, by the signed-in person. */
  #publish(chat: Chat, events: TeamEvent[]): void {
    this.#chats.push(chat, notice(this.#chats.now(), { kind: 'me' }, events));
  }

  #changed({ row }: Chat): void {
    this.#chats.emit([{ kind: 'team', conversation: row.id }]);
  }

  #head(chat: Chat, change: Partial<TeamHead>): void {
    if (chat.row.team !== null) this.#chats.update(chat, { team: { ...chat.row.team, ...change } });
  }

  #connected(): void {
    if (!this.#online()) fail({ code: 'serverUnreachable' });
  }
}

function checked(name: string): string {
  const named = name.trim();
  if (named === '') fail({ code: 'nameEmpty' });
  if (named.length > NAME_LIMIT) fail({ code: 'nameTooLong' });
  return named;
}
