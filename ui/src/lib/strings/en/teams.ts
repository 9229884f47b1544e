import type { Membership, NotificationLevel, TeamRole } from '../../backend/types';
import type { Area } from '../catalogue';
import { count, plural } from './numbers';

const people = (n: number): string => `${count.format(n)} ${plural(n, 'person', 'people')}`;
const members = (n: number): string => `${count.format(n)} ${plural(n, 'member', 'members')}`;

const roles: Record<TeamRole, string> = { owner: 'Owner', admin: 'Admin', member: '' };

const levels: Record<NotificationLevel, string> = { all: 'All messages', mentions: 'Only mentions', none: 'None' };

const levelHints: Record<NotificationLevel, string> = {
  all: 'You are told of every message.',
  mentions: 'You are told of messages that mention you or everyone.',
  none: 'You are not told of anything. What mentions you is still marked in the list.',
};

/** The preview, in the list, of a team that the reader is not in. */
function membership(membership: Membership): string | null {
  switch (membership.kind) {
    case 'member':
      return null;
    case 'invited':
      return membership.by === null ? 'You are invited' : `${membership.by} invites you`;
    case 'left':
      return 'You left';
    case 'removed':
      return 'No longer in this team';
    case 'banned':
      return 'You can’t be in this team';
    case 'ended':
      return 'This team has ended';
  }
}

/** Replaces the composer where the reader cannot write: the reason, and its consequence. */
const away: Record<Exclude<Membership['kind'], 'member' | 'invited'>, { what: string; text: string }> = {
  left: { what: 'You left this team', text: 'What was said until then stays here. Nothing new comes in.' },
  removed: { what: 'You are no longer in this team', text: 'What was said until then stays here. Ask whoever runs the team if you should be in it.' },
  banned: { what: 'You can’t be in this team', text: 'Whoever runs it has closed it to you. Ask them if that is wrong.' },
  ended: { what: 'This team has ended', text: 'What was said stays here. Nobody can write in it any more.' },
};

/** Teams. */
export const teams = {
  title: 'Team',
  create: 'New team',
  createText: 'Several colleagues in one chat',
  browse: 'Browse teams',
  browseText: 'Teams that anybody can join',
  roles,
  members,

  form: {
    title: 'New team',
    name: 'Name',
    nameHint: 'Such as “Ward 7B handover”',
    purpose: 'Purpose (optional)',
    purposeHint: 'What belongs here, and what does not',
    people: 'Members',
    peopleText: 'Find colleagues by name, role or ward. You are in the team anyway.',
    submit: 'Create team',
    submitWith: (n: number) => `Create team with ${people(n)}`,
    busy: 'Creating…',
    cancel: 'Cancel',
  },

  picker: {
    chosen: 'Chosen',
    byAddress: (address: string) => `Add ${address}`,
    remove: (name: string) => `Do not add ${name}`,
    none: 'Nobody found. Check the spelling, or enter an address in full.',
    already: 'Whoever is in the team already is not listed.',
    added: (name: string, about: string, n: number) => `${[name, about].filter((part) => part !== '').join(', ')} chosen. ${people(n)} in all.`,
    removed: (name: string, n: number) => `${name} is not added. ${people(n)} in all.`,
    unfinished: (text: string) => `Nobody was chosen for “${text}”. Choose somebody, or clear the field.`,
  },

  open: {
    title: 'Browse teams',
    filter: 'Find a team',
    loading: 'Looking for teams…',
    none: 'There are no teams that anybody can join.',
    noMatch: 'No team with that name.',
    label: 'Open teams',
    count: (n: number) => `${count.format(n)} ${plural(n, 'team', 'teams')}`,
    join: 'Join',
    joining: 'Joining…',
    show: 'Open',
    joinTeam: (name: string) => `Join ${name}`,
    showTeam: (name: string) => `Open ${name}`,
    inIt: 'You are in this team',
    retry: 'Try again',
  },

  details: {
    open: (n: number | null) => (n === null ? 'Team details' : `Team details, ${members(n)}`),
    label: (name: string) => `About ${name}`,
    close: 'Close team details',
    loading: 'Looking…',
    noPurpose: 'No purpose yet',
    edit: 'Change name and purpose',
    save: 'Save',
    saving: 'Saving…',
    cancel: 'Cancel',
    level: 'Tell me about',
    levels,
    levelHints,
    members: (n: number) => `Members (${count.format(n)})`,
    find: 'Find a member',
    findNone: 'Nobody in this team matches.',
    found: (n: number) => `${members(n)} found`,
    add: 'Add people',
    hidden: 'This team does not show who is in it.',
    you: 'you',
    leave: 'Leave team',
    end: 'End team',
    back: 'Back to the team',
    address: 'Address',
    message: 'Write a message',
    handOver: 'Make owner',
    remove: 'Remove from team',
  },

  add: {
    title: (name: string) => `Add people to ${name}`,
    text: 'They read and write in the team as soon as they are added, and everybody sees that they were.',
    submitMany: (n: number) => (n === 0 ? 'Add' : `Add ${people(n)}`),
    busy: 'Adding…',
    cancel: 'Cancel',
  },

  confirm: {
    cancel: 'Cancel',
    busy: 'One moment…',
    handOver: {
      title: (name: string) => `Make ${name} the owner?`,
      text: (name: string) => `${name} then runs the team: who is in it, its name, and whether it ends. You stay as a member. Only ${name} can give it back.`,
      submit: 'Make owner',
    },
    remove: {
      title: (name: string) => `Remove ${name}?`,
      text: (name: string, team: string) => `${name} no longer gets the messages of ${team} and can’t write in it. What they wrote stays.`,
      submit: 'Remove',
    },
    leave: {
      title: (team: string) => `Leave ${team}?`,
      text: 'You no longer get its messages. What was said until now stays on this computer.',
      owner: 'You are its owner: somebody else of the team becomes owner in your place. To choose who, make them owner first.',
      submit: 'Leave team',
    },
    end: {
      title: (team: string) => `End ${team}?`,
      text: (n: number | null) => `It ends for ${n === null ? 'everybody' : `all ${people(n)}`}: nobody can write in it any more. What was said until now stays on this computer. It can’t be undone.`,
      submit: 'End team for everybody',
    },
    everyone: {
      title: (n: number) => `Notify all ${people(n)}?`,
      text: '@everyone reaches each member, also those who only want to be told of mentions.',
      submit: 'Send',
    },
  },

  membership,
  away,
  invitation: 'Invitation',
  invited: (by: string | null, team: string) => (by === null ? `You are invited to ${team}` : `${by} invites you to ${team}`),
  invitedText: 'Its messages come in once you accept, and the others see that you are in it.',
  accept: 'Accept',
  decline: 'Decline',
  comeBack: 'Come back',
  dismiss: 'Remove from list',
  block: 'Block this team',
  unblock: 'Unblock',
  blocked: { what: 'You have blocked this team', text: 'Nobody can add you to it or invite you until you unblock it, here or in the settings.' },

  mention: {
    label: 'People to mention',
    everyone: 'everyone',
    everyoneText: 'Everyone in the team',
    count: (n: number) => (n === 0 ? '' : `${people(n)} to mention`),
  },

  since: {
    label: 'Since you were last here',
    news: (n: number) => `${count.format(n)} new`,
    when: 'since you were last here',
    mentions: (n: number) => (n === 1 ? 'You are mentioned' : `${count.format(n)} mention you`),
    first: 'First new',
    next: 'Next mention',
    place: (at: number, of: number) => `${count.format(at)} of ${count.format(of)}`,
    dismiss: 'Close',
  },
} satisfies Area;
