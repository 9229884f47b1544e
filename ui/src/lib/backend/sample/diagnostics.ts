import type { CheckView, ConversationId, Diagnostics, HeldConversation, HeldPage, HeldQuery } from '../types';
import type { SampleChats } from './chats';
import type { SampleConnection } from './connection';
import type { Later } from './later';

const DAY = 86_400_000;

/** Diagnostics of the sample hospital, with comparisons that find differences. */
export class SampleDiagnostics {
  readonly #chats: SampleChats;
  readonly #later: Later;
  readonly #connection: SampleConnection;
  readonly #checks = new Map<ConversationId, CheckView>();
  readonly #began = Date.now();

  constructor(chats: SampleChats, later: Later, connection: SampleConnection) {
    this.#chats = chats;
    this.#later = later;
    this.#connection = connection;
  }

  diagnostics(): Diagnostics {
    const { state, online } = this.#connection;
    const rows = this.#rows();
    const sum = (count: (row: HeldConversation) => number): number => rows.reduce((all, row) => all + count(row), 0);
    return {
      connection: {
        state,
        link: online ? { found: 'byAddress', security: 'directTls', tls: 'tls13', mechanism: 'SCRAM-SHA-256-PLUS', binding: 'bound' } : null,
        since: online ? this.#began : null,
        session: online ? 'new' : null,
        archive: online ? 'proven' : 'notAsked',
      },
      features: ['archive', 'stanzaIds', 'carbons', 'resumption', 'ping', 'blocking', 'inbox'],
      teamServices: ['mucLight'],
      inbox: online ? { conversations: rows.length, differences: 0 } : null,
      holdings: {
        conversations: rows.length,
        attention: rows.filter((row) => row.attention.length > 0).length,
        openGaps: sum((row) => row.gaps.filter((gap) => gap.state === 'open').length),
        expiredGaps: sum((row) => row.gaps.filter((gap) => gap.state === 'expired').length),
        waiting: sum((row) => row.waiting),
        failed: sum((row) => row.failed),
        bytes: 18_400_000,
      },
      program: { version: '0.1.0', system: 'linux', architecture: 'x86_64', webView: 'on' },
    };
  }

  page({ name, offset, limit }: HeldQuery): HeldPage {
    const wanted = name.trim().toLowerCase();
    const rows = this.#rows().filter((row) => row.person.name.toLowerCase().includes(wanted));
    rows.sort((a, b) => Number(b.attention.length > 0) - Number(a.attention.length > 0));
    return { total: rows.length, rows: rows.slice(offset, offset + limit) };
  }

  /** Goes on in steps, and finds two messages. */
  check(id: ConversationId): void {
    const of = this.#chats.all.find((chat) => chat.row.id === id)?.items.length ?? 0;
    const step = (compared: number): void => {
      if (compared > 0 && this.#checks.get(id)?.kind !== 'running') return;
      if (compared >= of) this.#publish(id, { kind: 'done', at: Date.now(), found: { compared: of, fetched: 2, filled: 0, moved: 0, gone: 0 } });
      else {
        this.#publish(id, { kind: 'running', compared, of });
        this.#later.after(150, () => step(compared + Math.max(1, Math.ceil(of / 4))));
      }
    };
    step(0);
  }

  stop(id: ConversationId): void {
    this.#publish(id, { kind: 'stopped', error: { code: 'cancelled' } });
  }

  report(): string {
    const lines = this.#rows().map((row) => `#${String(row.id)} ${row.kind}: ${String(row.messages)} messages, ${String(row.segments)} segments`);
    return ['Wardline 0.1.0 on linux x86_64', `connection: ${this.#connection.state.kind}`, ...lines, ''].join('\n');
  }

  #publish(id: ConversationId, state: CheckView): void {
    this.#checks.set(id, state);
    this.#chats.emit([{ kind: 'check', conversation: id, state }]);
  }

  #rows(): HeldConversation[] {
    const { online } = this.#connection;
    return this.#chats.all.map((chat, index) => {
      const said = chat.items.filter((item) => item.kind === 'message');
      const failed = said.filter((item) => item.delivery === 'failed').length;
      const waiting = said.filter((item) => item.delivery === 'waiting').length;
      const newest = said.at(-1)?.at ?? null;
      const oldest = said[0]?.at ?? null;
      const hole = chat.items.find((item) => item.kind === 'gap');
      const gaps = hole?.kind === 'gap' && newest !== null ? [{ state: hole.state, from: newest - 3 * DAY, to: newest - 2 * DAY }] : [];
      return {
        id: chat.row.id,
        kind: chat.row.kind,
        person: chat.row.person,
        attention: [...(failed > 0 ? ['failed' as const] : []), ...(gaps.some((gap) => gap.state === 'open') ? ['gaps' as const] : []), ...(waiting > 0 ? ['waiting' as const] : [])],
        messages: said.length,
        oldest,
        newest,
        segments: gaps.length + 1,
        gaps,
        beginning: index % 3 === 0 ? 'reached' : 'notReached',
        tail: online ? { kind: 'current', at: this.#began } : { kind: 'until', at: this.#began },
        waiting,
        failed,
        check: this.#checks.get(chat.row.id) ?? null,
      };
    });
  }
}
