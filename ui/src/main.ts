import { mount } from 'svelte';
import App from './App.svelte';
import { chooseBackend } from './lib/backend/choose';
import { watchCompositions } from './lib/keys/pressed';
import './lib/appearance/base.css';
import './lib/appearance/tokens.css';
import { appearance } from './lib/appearance/settings.svelte';
import { AppState } from './lib/state/appstate';

watchCompositions(window);
const backend = await chooseBackend();
const app = new AppState(backend);
// Asked before anything is drawn: the answer is on its way while the components are made.
const first = app.session.start().then(() => performance.mark('wardline:first-screen'));
appearance.begin(backend.savedLook(), (chosen) => {
  // A choice that could not be kept still holds until the app closes.
  backend.saveLook(chosen).catch(() => undefined);
});
const target = document.getElementById('app');
if (target !== null) mount(App, { target, props: { app } });
await first;
