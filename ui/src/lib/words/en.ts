import type {
  ArchiveState,
  CheckFindings,
  CommandError,
  ConversationKind,
  Presence,
  SendFailure,
  ServerFeature,
  TeamService,
} from '../backend/types';

/** What happened, what was kept, what to do. */
export type Trouble = { what: string; kept: string; todo: string };

const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);
const count = new Intl.NumberFormat('en-GB');

/** Each error of the contract in plain words. */
function trouble(error: CommandError): Trouble {
  const nothingLost = 'Your messages on this computer are safe.';
  switch (error.code) {
    case 'addressMalformed':
      return { what: 'That is not a complete address.', kept: '', todo: 'Enter it like name@hospital.example.' };
    case 'passwordEmpty':
      return { what: 'The password is empty.', kept: '', todo: 'Enter your password.' };
    case 'passphraseTooShort':
      return { what: 'The passphrase is too short.', kept: '', todo: 'Use at least 8 characters.' };
    case 'passphraseWrong':
      return { what: 'That passphrase does not open your messages.', kept: nothingLost, todo: 'Check it and try again.' };
    case 'notAuthorised':
      return { what: 'The address or the password is not right.', kept: nothingLost, todo: 'Check both and sign in again.' };
    case 'accountDisabled':
      return { what: 'This account is switched off.', kept: nothingLost, todo: 'Ask your IT service desk to switch it on.' };
    case 'serverNotFound':
      return {
        what: 'No server was found for this address.',
        kept: nothingLost,
        todo: 'Check the part after the @, or enter the server under “Server options”.',
      };
    case 'serverUnreachable':
      return {
        what: 'The server does not answer.',
        kept: nothingLost,
        todo: 'Check that you are on the hospital network, then try again.',
      };
    case 'noNetwork':
      return { what: 'This computer has no network.', kept: nothingLost, todo: 'Connect to the network and try again.' };
    case 'certificateUnknownIssuer':
      return {
        what: 'The server’s identity could not be checked, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Ask your IT service desk for the hospital’s certificate file and add it under “Server options”.',
      };
    case 'certificateExpired':
      return {
        what: 'The server’s certificate is out of date, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Check this computer’s date and time. If they are right, tell your IT service desk.',
      };
    case 'certificateWrongName':
      return {
        what: 'The server answered under another name, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Check the address and the server name. If they are right, tell your IT service desk.',
      };
    case 'notSecure':
      return {
        what: 'A secure connection was not possible, so nothing was sent.',
        kept: nothingLost,
        todo: 'Tell your IT service desk that the server must offer an encrypted connection.',
      };
    case 'extraCaUnusable':
      return {
        what: 'The extra certificate file could not be used.',
        kept: '',
        todo: 'Check the path. The file must hold at least one certificate in PEM form.',
      };
    case 'serverImpostor':
      return {
        what: 'The server could not prove that it knows your account. It may be an impostor.',
        kept: nothingLost,
        todo: 'Do not try again. Tell your IT service desk.',
      };
    case 'noMechanism':
      return {
        what: 'The server offers no safe way to sign in.',
        kept: nothingLost,
        todo: 'Tell your IT service desk.',
      };
    case 'conflict':
      return {
        what: 'You were signed in somewhere else, and that place took over.',
        kept: nothingLost,
        todo: 'Choose “Connect now” to come back to this computer.',
      };
    case 'serverError':
      return { what: 'The server had a problem.', kept: nothingLost, todo: 'Try again in a minute.' };
    case 'keyringUnavailable':
      return {
        what: 'This computer’s password store is not available.',
        kept: nothingLost,
        todo: 'Unlock it and try again, or protect your messages with a passphrase.',
      };
    case 'keyMissing':
      return {
        what: 'The key to the messages on this computer is gone.',
        kept: 'Your messages are still on the server.',
        todo: 'Sign in again to fetch them anew.',
      };
    case 'storeUnavailable':
      return {
        what: 'The messages on this computer could not be opened or saved.',
        kept: 'Nothing was changed.',
        todo: 'Check that the disk is not full, then restart the app.',
      };
    case 'notSignedIn':
      return { what: 'You are signed out.', kept: '', todo: 'Sign in again.' };
    case 'notFound':
      return { what: 'That is not there any more.', kept: '', todo: 'Choose another chat.' };
    case 'messageEmpty':
      return { what: 'The message is empty.', kept: '', todo: 'Write something first.' };
    case 'messageTooLong':
      return {
        what: `The message is too long: the limit is about ${count.format(error.limitBytes)} characters.`,
        kept: 'Your text is kept.',
        todo: 'Shorten it or send it in parts.',
      };
    case 'alreadySent':
      return {
        what: 'That message was being sent meanwhile, so it can’t be changed any more.',
        kept: 'Your new text is kept below.',
        todo: 'Send it as a new message if it is still needed.',
      };
    case 'cancelled':
      return { what: 'That was given up.', kept: 'What was done until then stays.', todo: 'Begin again at any time.' };
    case 'internal':
      return {
        what: 'Something went wrong inside the app.',
        kept: nothingLost,
        todo: `Try again. If it happens again, give your IT service desk this reference: ${error.reference}.`,
      };
  }
}

/** Why a message was not sent, and what to do. */
function failed(failure: SendFailure | null, kind: ConversationKind): { what: string; todo: string } {
  const team = kind === 'team';
  switch (failure) {
    case 'recipientUnknown':
      return team
        ? { what: 'Not sent: this team chat does not exist any more.', todo: 'Write to somebody of the team.' }
        : { what: 'Not sent: this person has no account here.', todo: 'Check with them, or choose somebody else.' };
    case 'notAllowed':
    case 'notEntered':
      return team
        ? { what: 'Not sent: this team chat is not open to you.', todo: 'Ask whoever runs it to add you, then try again.' }
        : { what: 'Not sent: you are not allowed to write to this person.', todo: 'Reach them another way.' };
    case 'busy':
      return { what: 'Not sent: the server was too busy, several times.', todo: 'Try again, or reach them another way.' };
    case 'tooLarge':
      return { what: 'Not sent: it is too long.', todo: 'Shorten it or send it in parts.' };
    case 'refused':
    case null:
      return { what: 'Not sent: the server refused it.', todo: 'Try again. If it happens again, tell your IT service desk.' };
  }
}

/** Why a message is still waiting after it was tried; it is tried again by itself. */
function held(failure: SendFailure): { what: string; todo: string } {
  return failure === 'notEntered'
    ? { what: 'This team chat did not let you in yet.', todo: 'It is tried again by itself.' }
    : { what: 'The server is busy.', todo: 'It is tried again by itself.' };
}

const presences: Record<Presence, string> = {
  unknown: '',
  offline: 'Offline',
  available: 'Available',
  away: 'Away',
  doNotDisturb: 'Do not disturb',
};

const archiveStates: Record<ArchiveState, string> = {
  notAsked: 'Not asked yet',
  none: 'The server keeps none',
  firstSync: 'First sync under way',
  catchingUp: 'Catching up',
  paused: 'The server refused for now; it is asked again',
  proving: 'Read to its end, which is being confirmed',
  proven: 'Read to its end',
};

/** In plain words, and as the field calls it. */
const features: Record<ServerFeature, { plain: string; technical: string }> = {
  archive: { plain: 'Keeps messages', technical: 'Message archive, XEP-0313' },
  stanzaIds: { plain: 'Numbers live messages', technical: 'Stanza ids, XEP-0359' },
  carbons: { plain: 'Copies to your other devices', technical: 'Message carbons, XEP-0280' },
  resumption: { plain: 'Goes on after a short break', technical: 'Stream resumption, XEP-0198' },
  clientState: { plain: 'Saves traffic while nobody looks', technical: 'Client state, XEP-0352' },
  ping: { plain: 'Gives a sign of life', technical: 'Ping, XEP-0199' },
  blocking: { plain: 'Blocks people', technical: 'Blocking, XEP-0191' },
  inbox: { plain: 'Keeps the chat list', technical: 'MongooseIM inbox' },
  personalEventing: { plain: 'Keeps your settings', technical: 'Personal eventing, XEP-0163' },
  bookmarksCompat: { plain: 'One list of team chats for all apps', technical: 'Bookmarks, XEP-0402' },
  privateStorage: { plain: 'Remembers team chats', technical: 'Private storage, XEP-0049' },
};

const services: Record<TeamService, { plain: string; technical: string }> = {
  muc: { plain: 'Team chats', technical: 'Multi-user chat, XEP-0045' },
  mucLight: { plain: 'Light team chats', technical: 'MUC Light, MongooseIM' },
};

/** What a comparison found, in one sentence. */
function checked(found: CheckFindings): string {
  const one = (n: number, what: string): string => (n === 0 ? '' : `${count.format(n)} ${what}`);
  const said = [
    one(found.fetched, 'fetched that were missing'),
    one(found.filled, 'fetched into known gaps'),
    one(found.moved, 'put in the right order'),
    one(found.gone, 'here that the server no longer keeps'),
  ].filter((part) => part !== '');
  const compared = `${count.format(found.compared)} ${plural(found.compared, 'message', 'messages')} compared`;
  return `${compared}, ${said.length === 0 ? 'all as on the server' : said.join(', ')}`;
}

export const en = {
  app: 'Wardline',
  tagline: 'Messages for the people on the ward.',
  trouble,

  signIn: {
    title: 'Sign in',
    lead: 'Use your hospital chat account.',
    address: 'Address',
    addressHint: 'name@hospital.example',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    options: 'Server options',
    optionsHint: 'Only needed if your IT service desk gave you a server name or a certificate.',
    host: 'Server name',
    port: 'Port',
    portHint: 'Empty: the usual one',
    security: 'Encryption',
    directTls: 'From the start (direct TLS)',
    startTls: 'After greeting (STARTTLS)',
    extraCa: 'Extra certificate file',
    extraCaHint: '/path/to/hospital-ca.pem',
    submit: 'Sign in',
    busy: 'Signing in…',
    keyTitle: 'Where should the key to your messages be kept?',
    keyText:
      'Messages on this computer are always encrypted. The key normally lives in this computer’s password store, which is not available. You can protect your messages with a passphrase instead; you will be asked for it each time the app starts.',
    passphrase: 'Passphrase',
    passphraseAgain: 'Passphrase again',
    passphraseHint: 'At least 8 characters. It cannot be recovered.',
    passphraseMismatch: 'The two passphrases are not the same.',
    keyRetry: 'Try the password store again',
    keySubmit: 'Use passphrase and sign in',
    portBad: 'The port must be a number from 1 to 65535.',
    secure: 'Encrypted on the way and on this computer',
    points: ['See at once who is asking and from where', 'Know whether your message was seen', 'Nothing readable left on a shared computer'],
  },

  notice: {
    title: 'Some local data was damaged',
    text: 'It was moved aside, not deleted. Your messages are being fetched from the server again.',
    close: 'Close',
  },

  locked: {
    title: 'Your messages are locked',
    text: 'Enter the passphrase that protects the messages on this computer.',
    passphrase: 'Passphrase',
    submit: 'Unlock',
    busy: 'Unlocking…',
  },

  blocked: { title: 'Your messages could not be opened', retry: 'Try again', busy: 'Trying…' },

  rail: {
    label: 'Main',
    chats: 'Chats',
    settings: 'Settings',
    account: 'Your account',
    unread: (n: number) => `${count.format(n)} unread`,
  },

  connection: {
    offline: 'Offline',
    connecting: 'Connecting',
    syncing: 'Updating',
    fetching: 'Fetching your messages…',
    fetchingShort: 'Fetching',
    fetchingText: 'Connected, and fetching your messages to this computer. You can read and write meanwhile.',
    chats: (done: number, of: number) => `${count.format(done)} of ${count.format(of)} ${plural(of, 'chat', 'chats')}`,
    online: 'Connected',
    waiting: 'No connection',
    failed: 'Needs you',
    offlineText: 'Not connected. What you write waits on this computer and is sent when the connection is back.',
    connectingText: 'Connecting to the server. What you write waits on this computer until then.',
    syncingText: 'Connected, and fetching what happened meanwhile.',
    onlineText: 'Connected and up to date.',
    retryAt: (when: string) => `The next try is at ${when}.`,
    retry: 'Connect now',
    signInAgain: 'Sign in again',
    title: 'Connection',
  },

  list: {
    label: 'Chats',
    title: 'Chats',
    filter: 'Filter chats by name or last message',
    filterHint: 'Name or last message',
    clear: 'Clear filter',
    all: 'All',
    onlyUnread: 'Unread',
    teams: 'Teams',
    show: 'Show',
    newChat: 'New chat',
    you: 'You',
    draft: 'Draft',
    empty: 'No chats yet',
    fetchingText: 'Your chats appear here one after the other.',
    emptyText: 'Start one with a colleague’s address.',
    noMatch: 'No chat found',
    noMatchText: 'Check the spelling or start a new chat.',
    noUnread: 'You are up to date',
    noUnreadText: 'No unread messages.',
    noTeams: 'No team chats',
    noTeamsText: 'Team chats that you are a member of appear here.',
    pinned: 'Pinned',
    muted: 'Muted',
    mutedUntil: (when: string) => `Muted until ${when}`,
    markedUnread: 'Marked as unread',
    archived: 'Archived',
    archivedChats: (n: number) => `Archived (${count.format(n)})`,
    noMessages: 'No messages yet',
    typing: (names: readonly string[]) =>
      names.length === 0 ? 'Typing…' : names.length === 1 ? `${names[0] ?? ''} is typing…` : `${String(names.length)} people are typing…`,
    typingHere: 'Typing…',
    unread: (n: number) => `${count.format(n)} unread ${plural(n, 'message', 'messages')}`,
  },

  thread: {
    label: (name: string) => `Chat with ${name}`,
    messages: (name: string) => `Messages with ${name}`,
    members: (n: number) => `${count.format(n)} ${plural(n, 'member', 'members')}`,
    team: 'Team chat',
    presence: presences,
    unreadLine: (n: number) => `${count.format(n)} new ${plural(n, 'message', 'messages')}`,
    beginning: (name: string) => `This is the beginning of your chat with ${name}.`,
    beginningTeam: (name: string) => `This is the beginning of ${name}.`,
    loading: 'Loading older messages…',
    offlineStart: 'Older messages are on the server. They load when the connection is back.',
    gapOffline: 'Messages are missing here. They load when the connection is back.',
    gapLoading: 'Loading earlier messages…',
    gapExpired: 'Messages that were here are no longer kept by the server',
    edited: 'edited',
    retracted: 'This message was taken back',
    jumping: 'Going there…',
    date: 'Go to a date',
    jump: 'Jump to latest',
    jumpUnread: 'Jump to the first new message',
    jumpNew: (n: number) => `${count.format(n)} new`,
    you: 'You',
    delivery: {
      waiting: 'Waiting to be sent',
      sent: 'Sent to the server',
      delivered: 'Delivered to their device',
      read: 'Seen',
      failed: 'Not sent',
    },
    deliveryShort: { waiting: 'Waiting', sent: 'Sent', delivered: 'Delivered', read: 'Seen', failed: 'Not sent' },
    failed,
    held,
    retry: 'Try again',
    edit: 'Change',
    discard: 'Delete',
    seenBy: (n: number, of: number | null) => (of === null ? `Seen by ${count.format(n)}` : `Seen by ${count.format(n)} of ${count.format(of)}`),
    seenByShort: (n: number, of: number | null) => (of === null ? count.format(n) : `${count.format(n)} of ${count.format(of)}`),
    seenByWho: (n: number, of: number | null) =>
      of === null ? `Seen by ${count.format(n)}. Show who` : `Seen by ${count.format(n)} of ${count.format(of)}. Show who`,
    pickTitle: 'Choose a chat',
    pickText: 'Pick someone on the left, or press',
    pickText2: 'to find anyone.',
    spoken: (name: string, text: string) => `${name}: ${text}`,
    empty: 'No messages yet. Say hello.',
  },

  composer: {
    to: 'To',
    label: (name: string) => `Message to ${name}`,
    hint: 'Write a message',
    send: 'Send',
    waiting: 'Waits for connection',
    keys: 'Enter to send, Shift+Enter for a new line',
    over: (n: number) => `${count.format(n)} too many`,
    left: (n: number) => `${count.format(n)} left`,
    editing: 'Changing a message that has not been sent',
    cancelEdit: 'Keep it as it was',
    save: 'Save the change',
  },

  dates: {
    title: 'Go to a date',
    open: 'Go to another date',
    text: (name: string) => `Shows what was said with ${name} from that day on.`,
    textTeam: (name: string) => `Shows what was said in ${name} from that day on.`,
    previousMonth: 'Previous month',
    nextMonth: 'Next month',
    month: 'Days of the month',
    shortcuts: 'Often wanted',
    yesterday: 'Yesterday',
    weekAgo: 'A week ago',
    monthAgo: 'A month ago',
    yearAgo: 'A year ago',
  },

  readers: {
    title: 'Seen by',
    read: (n: number) => `Seen (${count.format(n)})`,
    unread: (n: number) => `Not yet (${count.format(n)})`,
    nobody: 'Nobody yet',
    unknown: 'Who else is in this team is not known.',
    loading: 'Looking…',
  },

  switcher: {
    title: 'Find a chat',
    hint: 'Name, role or ward',
    none: 'Nobody by that name among your chats.',
    unread: 'Unread',
    recent: 'Recent',
    results: 'Results',
    select: 'select',
    open: 'open',
    close: 'close',
    count: (n: number) => (n === 0 ? 'No results' : `${count.format(n)} ${plural(n, 'result', 'results')}`),
  },

  newChat: {
    title: 'New chat',
    text: 'Write to a colleague by their address.',
    address: 'Address',
    submit: 'Start chat',
    busy: 'Starting…',
    cancel: 'Cancel',
  },

  settings: {
    title: 'Settings',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    textSize: 'Text size',
    textSizeValue: (percent: number) => `${String(percent)} %`,
    smaller: 'Smaller text',
    larger: 'Larger text',
    shortcuts: 'Keyboard shortcuts',
    diagnostics: 'Diagnostics',
  },

  account: { title: 'Your account', signOut: 'Sign out…' },

  signOut: {
    title: 'Sign out of Wardline?',
    keep: 'Keep my messages on this computer',
    keepText: 'They stay encrypted and are there when you sign in again. Choose this on a computer that is yours.',
    wipe: 'Remove everything from this computer',
    wipeText: 'Messages and key are destroyed here. They stay on the server. Choose this on a shared computer.',
    waiting: 'Messages that are still waiting to be sent, and drafts, are removed too.',
    submitKeep: 'Sign out',
    submitWipe: 'Sign out and remove',
    busy: 'Signing out…',
    cancel: 'Stay signed in',
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    moving: 'Getting around',
    writing: 'Writing',
    close: 'Close',
    switcher: 'Find a chat',
    newChat: 'New chat',
    previous: 'Previous chat',
    next: 'Next chat',
    regions: 'Next part of the window',
    esc: 'Close the top layer',
    list: 'This list',
    send: 'Send',
    newline: 'New line',
    editLast: 'Change the last message while it waits',
    date: 'Go to a date in this chat',
    diagnostics: 'Diagnostics',
    rows: 'Move in a list',
    ends: 'First or last in a list',
  },

  diagnostics: {
    title: 'Diagnostics',
    lead: 'What is connected, what is on this computer, and what the server can do.',
    well: 'All is well: connected, and nothing is known to be missing.',
    wellOffline: 'Not connected. Nothing is known to be missing on this computer.',
    busy: 'Connected, and still fetching. Nothing needs you.',
    attention: (n: number) => `${count.format(n)} ${plural(n, 'chat needs', 'chats need')} attention. ${plural(n, 'It comes', 'They come')} first in the list below.`,
    connection: 'Connection',
    facts: {
      state: 'State',
      since: 'Connected since',
      session: 'Session',
      found: 'Server found',
      encryption: 'Encryption',
      proof: 'Signing in',
      roundTrip: 'Round trip',
      archive: 'Message archive',
      inbox: 'Chat list',
      version: 'Version',
      held: 'On this computer',
      outbox: 'Outbox',
    },
    none: 'Not connected',
    measuring: 'Measuring…',
    noAnswer: 'No answer',
    milliseconds: (n: number) => `${count.format(n)} ms`,
    session: { new: 'New: what happened meanwhile was fetched', resumed: 'Resumed: nothing was missed' },
    found: { byAddress: 'By the address (DNS)', byHand: 'By the name entered at sign-in' },
    tls: { tls12: 'TLS 1.2', tls13: 'TLS 1.3' },
    security: { directTls: 'from the start (direct TLS)', startTls: 'after greeting (STARTTLS)' },
    unencrypted: 'Not known',
    binding: { bound: 'tied to this connection (channel binding)', unbound: 'without channel binding' },
    archive: archiveStates,
    version: (version: string, system: string, architecture: string) => `Wardline ${version} on ${system} (${architecture})`,
    held: (chats: number, size: string) => `${count.format(chats)} ${plural(chats, 'chat', 'chats')}, ${size}, encrypted`,
    compared: (chats: number, differences: number) =>
      `${chats === 1 ? '1 chat' : `${count.format(chats)} chats`} compared with the server, ${differences === 0 ? 'all the same' : differences === 1 ? '1 difference mended' : `${count.format(differences)} differences mended`}`,
    outboxEmpty: 'Nothing waits to be sent',
    outbox: (waiting: number, failed: number) => [waiting > 0 ? `${count.format(waiting)} waiting` : '', failed > 0 ? `${count.format(failed)} not sent` : ''].filter((part) => part !== '').join(', '),
    server: 'What the server can do',
    serverUnknown: 'Not known before the first connection.',
    there: 'Yes',
    absent: 'No',
    features,
    services,
    chats: 'Chats',
    search: 'Find a chat by name',
    noMatch: 'No chat with that name.',
    noChats: 'No chats on this computer yet.',
    shown: (shown: number, total: number) => `${count.format(shown)} of ${count.format(total)}`,
    more: 'Show more',
    messages: (n: number) => `${count.format(n)} ${plural(n, 'message', 'messages')}`,
    period: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
    whole: 'From the beginning',
    part: 'Older ones are fetched when you scroll to them',
    complete: 'Complete up to now',
    completeUntil: (when: string) => `Complete up to ${when}`,
    unproven: 'Not yet compared with the server’s end',
    gapsOpen: (n: number) => `Messages are missing in ${count.format(n)} ${plural(n, 'place', 'places')}; they are being fetched`,
    gapsOpenOffline: (n: number) => `Messages are missing in ${count.format(n)} ${plural(n, 'place', 'places')}; they are fetched when the connection is back`,
    gapsExpired: (n: number) => `In ${count.format(n)} ${plural(n, 'place', 'places')} the server no longer keeps messages`,
    waiting: (n: number) => `${count.format(n)} ${plural(n, 'message waits', 'messages wait')} to be sent`,
    failed: (n: number) => `${count.format(n)} ${plural(n, 'message was', 'messages were')} not sent`,
    details: 'Details',
    number: 'Number',
    segments: 'Segments',
    beginning: 'Beginning',
    beginnings: { reached: 'Reached', notReached: 'Not reached' },
    tail: 'End last proven',
    never: 'Never',
    gap: { open: 'Gap, open', expired: 'Gap, expired' },
    check: 'Check',
    checkChat: (name: string) => `Check the chat with ${name} against the server`,
    checkAgain: 'Check again',
    stop: 'Stop',
    stopChat: (name: string) => `Stop checking the chat with ${name}`,
    checking: (compared: number, of: number) => `Comparing with the server: ${count.format(compared)} of about ${count.format(of)}`,
    checkWaits: 'Waits for the connection',
    checked: (found: CheckFindings) => checked(found),
    checkedAt: (what: string, when: string) => `${what} (${when})`,
    spoken: (name: string, what: string) => `${name}: ${what}`,
    report: 'Report for your IT service desk',
    reportText: 'Numbers, states and versions only. No names, no addresses and no messages are in it.',
    copy: 'Copy report',
    copied: 'Copied',
    notCopied: 'Could not be copied. Select the text below and copy it yourself.',
    reportLabel: 'The report',
  },

  toast: { dismiss: 'Dismiss' },
  days: { today: 'Today', yesterday: 'Yesterday' },
};
