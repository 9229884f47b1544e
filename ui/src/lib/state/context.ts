import { createContext } from 'svelte';
import type { Session } from './session.svelte';

/** The running session, for every component below the app. */
export const [getSession, setSession] = createContext<Session>();
