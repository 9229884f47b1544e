import { commandError, failure, type TeamsBackend } from '../backend/backend';
import type { CommandError, ConversationId, NewTeam, OpenTeam, TeamChange, TeamDetails } from '../backend/types';

/** Teams: the team on screen in full, and actions on any team. */
export class Teams {
  #details: TeamDetails | null = $state.raw(null);
  #error: CommandError | null = $state.raw(null);

  readonly #backend: TeamsBackend;
  readonly #open: (conversation: ConversationId) => Promise<void>;
  #followed: ConversationId | null = null;
  /** The question whose answer counts. */
  #asking: object | null = null;

  /** @param open shows a conversation */
  constructor(backend: TeamsBackend, open: (conversation: ConversationId) => Promise<void>) {
    this.#backend = backend;
    this.#open = open;
  }

  /** The followed team, once it has been read; the last answer stays until the next one. */
  get details(): TeamDetails | null {
    return this.#details;
  }

  /** Why the followed team could not be read. */
  get error(): CommandError | null {
    return this.#error;
  }

  /** This team is on screen: reads it now, and again after each of its events. */
  follow(conversation: ConversationId): void {
    if (this.#followed === conversation) return;
    this.forget();
    this.#followed = conversation;
    this.#read(conversation);
  }

  /** A team has changed. */
  changed(conversation: ConversationId): void {
    if (this.#followed === conversation) this.#read(conversation);
  }

  /** Events were missed: reads the followed team again. */
  reload(): void {
    if (this.#followed !== null) this.#read(this.#followed);
  }

  forget(): void {
    this.#followed = null;
    this.#asking = null;
    this.#details = null;
    this.#error = null;
  }

  /** Makes a team and shows it. The error, if that failed. */
  create(team: NewTeam): Promise<CommandError | null> {
    return failure(this.#backend.createTeam(team).then(this.#open));
  }

  /** Enters an open team and shows it. The error, if that failed. */
  join(address: string): Promise<CommandError | null> {
    return failure(this.#backend.joinTeam(address).then(this.#open));
  }

  /** Changes a team or the own membership. The error, if that failed. */
  change(conversation: ConversationId, change: TeamChange): Promise<CommandError | null> {
    return failure(this.#backend.changeTeam(conversation, change));
  }

  /** The teams that anybody may enter; the error, if they could not be read. */
  async browse(): Promise<readonly OpenTeam[] | CommandError> {
    try {
      return await this.#backend.openTeams();
    } catch (reason) {
      return commandError(reason);
    }
  }

  #read(conversation: ConversationId): void {
    const asking = {};
    this.#asking = asking;
    this.#backend.team(conversation).then(
      (details) => {
        if (this.#asking !== asking) return;
        this.#details = details;
        this.#error = null;
      },
      (reason: unknown) => {
        if (this.#asking === asking) this.#error = commandError(reason);
      },
    );
  }
}
