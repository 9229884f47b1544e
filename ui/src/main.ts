import { mount } from 'svelte';
import App from './App.svelte';
import { chooseBackend } from './lib/backend/choose';
import { watchCompositions } from './lib/keys/pressed';
import './lib/appearance/base.css';
import './lib/appearance/tokens.css';
import { appearance } from './lib/appearance/settings.svelte';
import { Session } from './lib/state/session.svelte';

watchCompositions(window);
const backend = await chooseBackend();
const session = new Session(backend);
// Asked before anything is drawn: the answer is on its way while the components are made.
const first = session.start().then(() => performance.mark('wardline:first-screen'));
appearance.begin(backend.savedLook(), (chosen) => {
  // A choice that could not be kept still holds until the app closes.
  backend.saveLook(chosen).catch(() => undefined);
});
const target = document.getElementById('app');
if (target !== null) mount(App, { target, props: { session } });
await first;
