import { SvelteSet } from 'svelte/reactivity';
import type { MessageId } from '../backend/types';

/** Long messages that are shown whole; in memory only, gone with the window. */
export const unfolded = new SvelteSet<MessageId>();
