import type { ArchiveState, CheckFindings, ServerFeature, TeamService } from '../../backend/types';
import type { Area } from '../catalogue';
import { count, plural } from './numbers';

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

/** Diagnostics. */
export const diagnostics = {
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
      webView: 'Isolation of this window',
      held: 'On this computer',
      outbox: 'Outbox',
    },
    webView: {
      on: 'On: pictures and text from others are handled in a sandbox',
      off: 'Off: the sandbox does not start on this computer (tell your IT service desk)',
      bySystem: 'By the operating system',
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
} satisfies Area;
