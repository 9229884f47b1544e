import { describe, expect, it } from 'vitest';
import type { TeamDetails } from '../backend/types';
import { Teams } from './teams.svelte';

type Ask = { conversation: number; answer: (details: TeamDetails) => void; refuse: (reason: unknown) => void };

function details(conversation: number, name: string): TeamDetails {
  return { conversation, name, purpose: null, members: [], membership: { kind: 'member' }, allowed: [], level: 'all' };
}

function scripted(): { teams: Teams; asked: Ask[]; opened: number[] } {
  const asked: Ask[] = [];
  const opened: number[] = [];
  const teams = new Teams(
    {
      team: (conversation) => new Promise((answer, refuse) => asked.push({ conversation, answer, refuse })),
      createTeam: () => Promise.resolve(7),
      changeTeam: () => Promise.reject({ code: 'notAllowed' }),
      openTeams: () => Promise.reject({ code: 'serverUnreachable' }),
      joinTeam: () => Promise.reject({ code: 'notFound' }),
    },
    (conversation) => {
      opened.push(conversation);
      return Promise.resolve();
    },
  );
  return { teams, asked, opened };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe('the team on screen', () => {
  it('is read when it comes, and again after its events alone', () => {
    const { teams, asked } = scripted();
    teams.follow(1);
    teams.follow(1);
    teams.changed(2);
    teams.changed(1);
    teams.reload();
    expect(asked.map(({ conversation }) => conversation)).toEqual([1, 1, 1]);
  });

  it('is what was asked for last, in whatever order answers come', async () => {
    const { teams, asked } = scripted();
    teams.follow(1);
    teams.changed(1);
    asked[1]?.answer(details(1, 'new'));
    asked[0]?.answer(details(1, 'old'));
    await settled();
    expect(teams.details?.name).toBe('new');
    teams.follow(2);
    expect(teams.details).toBeNull();
  });

  it('stays as it was read where it cannot be read again, and says why', async () => {
    const { teams, asked } = scripted();
    teams.follow(1);
    asked[0]?.answer(details(1, 'kept'));
    await settled();
    teams.changed(1);
    asked[1]?.refuse({ code: 'serverError' });
    await settled();
    expect(teams.details?.name).toBe('kept');
    expect(teams.error).toEqual({ code: 'serverError' });
  });
});

describe('what is done about teams', () => {
  it('shows a team that was made, and tells why something could not be done', async () => {
    const { teams, opened } = scripted();
    expect(await teams.create({ name: 'Take', purpose: '', members: [] })).toBeNull();
    expect(opened).toEqual([7]);
    expect(await teams.join('a@b')).toEqual({ code: 'notFound' });
    expect(await teams.change(1, { kind: 'leave' })).toEqual({ code: 'notAllowed' });
    expect(await teams.browse()).toEqual({ code: 'serverUnreachable' });
    expect(opened).toEqual([7]);
  });
});
