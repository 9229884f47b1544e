import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationBox, ConversationRow, InboxDiff } from '../backend/types';
import { Inbox, narrowed } from '../state/inbox';
import { chatRow } from '../testing/build';
import { keyOf, type Place, Sections } from './sections';

/** What happens to the list, with places as numbers of any size that are brought into its bounds. */
type Step = { op: 'insert' | 'remove' | 'update' | 'move' | 'box'; a: number; b: number; box: ConversationBox };
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('insert', 'remove', 'update', 'move', 'box'),
  a: fc.nat(),
  b: fc.nat(),
  box: fc.constantFrom('inbox', 'archive'),
});

/** The list as anybody would keep it: an array, looked through for every question. */
class Plain {
  readonly rows: ConversationRow[] = [];
  #fresh = 1;

  /** Does a step, and says it in the diffs of the engine: those put aside always come after all others. */
  do({ op, a, b, box }: Step): InboxDiff[] {
    if (op === 'insert') {
      const row = chatRow(this.#fresh++, { shownIn: box, unread: a % 3, pinned: b % 4 === 0 });
      const index = this.#within(box, b);
      this.rows.splice(index, 0, row);
      return [{ kind: 'insert', index, row }];
    }
    const from = this.rows.length === 0 ? -1 : a % this.rows.length;
    const old = this.rows[from];
    if (old === undefined) return [];
    this.rows.splice(from, 1);
    if (op === 'remove') return [{ kind: 'remove', index: from }];
    const row = op === 'box' ? { ...old, shownIn: box } : op === 'update' ? { ...old, unread: b % 3 } : old;
    const to = op === 'update' ? from : this.#within(row.shownIn, b);
    this.rows.splice(to, 0, row);
    const diffs: InboxDiff[] = [];
    if (from !== to) diffs.push({ kind: 'move', from, to });
    if (row !== old) diffs.push({ kind: 'update', index: to, row });
    return diffs;
  }

  place(id: number): number {
    return this.rows.findIndex((row) => row.id === id);
  }

  /** What the list shows from top to bottom. */
  laidOut(archive: 'folded' | 'open' | 'mixed', rows = this.rows): Place[] {
    const aside = rows.filter((row) => row.shownIn === 'archive');
    if (archive === 'mixed' || aside.length === 0) return rows;
    return [...rows.filter((row) => row.shownIn === 'inbox'), 'archive', ...(archive === 'open' ? aside : [])];
  }

  #within(box: ConversationBox, at: number): number {
    const start = this.rows.filter((row) => row.shownIn === 'inbox').length;
    return box === 'inbox' ? at % (start + 1) : start + (at % (this.rows.length - start + 1));
  }
}

function same(sections: Sections, places: readonly Place[]): void {
  expect(sections.length).toBe(places.length);
  for (let index = 0; index <= places.length; index += 1) expect(sections.at(index)).toBe(places[index]);
  places.forEach((place, index) => expect(sections.indexOf(keyOf(place))).toBe(index));
}

const unread = (row: ConversationRow): boolean => row.unread > 0;

describe('changes of the chat list', () => {
  it('leave it as if it had been made anew: rows, places, sections, and what it is narrowed to', () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }), (events, followed) => {
        const plain = new Plain();
        let inbox = Inbox.of({ revision: 0, rows: [] });
        for (const [index, steps] of events.entries()) {
          const outcome = inbox.apply(index + 1, steps.flatMap((one) => plain.do(one)));
          if (outcome.kind !== 'applied') throw new Error(outcome.kind);
          inbox = outcome.state;
          // First the places that were asked for before, which were followed and not looked for.
          for (const id of followed) expect(inbox.place(id)).toBe(plain.place(id));
          expect(inbox.rows.length).toBe(plain.rows.length);
          inbox.rows.forEach((row, at) => expect(row).toBe(plain.rows[at]));
        }
        for (let id = 0; id <= 200; id += 1) {
          expect(inbox.row(id)).toBe(plain.rows[plain.place(id)]);
          expect(inbox.place(id)).toBe(plain.place(id));
        }
        for (const archive of ['folded', 'open', 'mixed'] as const) {
          const sections = new Sections(inbox, archive);
          same(sections, plain.laidOut(archive));
          expect(sections.archived).toBe(plain.rows.filter((row) => row.shownIn === 'archive').length);
          same(new Sections(narrowed(inbox, [unread]), archive), plain.laidOut(archive, plain.rows.filter(unread)));
        }
      }),
      { seed: 20_261_128, numRuns: 600 },
    );
  });

  it('are taken one by one: a place that is followed is right after each', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (steps, wanted) => {
        const plain = new Plain();
        for (let fill = 0; fill < 12; fill += 1) plain.do({ op: 'insert', a: fill, b: fill * 7, box: fill % 3 === 0 ? 'archive' : 'inbox' });
        let inbox = Inbox.of({ revision: 0, rows: plain.rows });
        const followed = wanted.map((at) => (at % 12) + 1);
        let revision = 0;
        for (const diff of steps.flatMap((one) => plain.do(one).map((made) => ({ made, then: plain.rows.map((row) => row.id) })))) {
          const outcome = inbox.apply((revision += 1), [diff.made]);
          if (outcome.kind !== 'applied') throw new Error(outcome.kind);
          inbox = outcome.state;
          const ids = inbox.rows.map((row) => row.id);
          expect(ids).toEqual(diff.then);
          for (const id of followed) expect(inbox.place(id)).toBe(ids.indexOf(id));
        }
      }),
      { seed: 20_261_129, numRuns: 300 },
    );
  });
});
