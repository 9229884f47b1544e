import { type Backend, commandError, failure } from '../backend/backend';
import type { CommandError, ConversationId, NewTeam, OpenTeam, TeamChange, TeamDetails } from '../backend/types';

type Asked = Pick<Backend, 'createTeam' | 'team' | 'changeTeam' | 'openTeams' | 'joinTeam'>;

/** Teams: the one on screen in full, and what is done about any. */
export class Teams {
  /** The team that is followed, once it has been read; what was read before stays until there is an answer. */
  details: TeamDetails | null = $state.raw(null);
  /** Why the followed team could not be read. */
  error: CommandError | null = $state.raw(null);

  readonly #backend: Asked;
  readonly #open: (conversation: ConversationId) => Promise<void>;
  #followed: ConversationId | null = null;
  /** The question whose answer counts. */
  #asking: object | null = null;

  /** @param open shows a conversation */
  constructor(backend: Asked, open: (conversation: ConversationId) => Promise<void>) {
    this.#backend = backend;
    this.#open = open;
  }

  /** This team is on screen: it is read now, and again whenever more is known of it. */
  follow(conversation: ConversationId): void {
    if (this.#followed === conversation) return;
    this.forget();
    this.#followed = conversation;
    this.#read(conversation);
  }

  /** More is known of a team. */
  changed(conversation: ConversationId): void {
    if (this.#followed === conversation) this.#read(conversation);
  }

  /** Everything may have changed. */
  reload(): void {
    if (this.#followed !== null) this.#read(this.#followed);
  }

  forget(): void {
    this.#followed = null;
    this.#asking = null;
    this.details = null;
    this.error = null;
  }

  /** Makes a team and shows it. The error, if it could not be made. */
  create(team: NewTeam): Promise<CommandError | null> {
    return failure(this.#backend.createTeam(team).then(this.#open));
  }

  /** Enters an open team and shows it. The error, if that was refused. */
  join(address: string): Promise<CommandError | null> {
    return failure(this.#backend.joinTeam(address).then(this.#open));
  }

  /** Does something about a team. The error, if it could not be done. */
  change(conversation: ConversationId, change: TeamChange): Promise<CommandError | null> {
    return failure(this.#backend.changeTeam(conversation, change));
  }

  /** The teams that anybody may enter; the error, if they are not known. */
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
        this.details = details;
        this.error = null;
      },
      (reason: unknown) => {
        if (this.#asking === asking) this.error = commandError(reason);
      },
    );
  }
}
