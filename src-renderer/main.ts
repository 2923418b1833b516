/** Starts the window: connects to the application (message port in the desktop shell, WebSocket in a browser). */
import './lib/jitless.ts';
import { mount } from 'svelte';
import { connect } from '../shared/client.ts';
import './base.css';
import './app.css';
import Root from './App.svelte';
import { openConnection } from './lib/connection.ts';
import { pageKey } from './lib/page-key.ts';
import { App } from './state/app.svelte.ts';
import { Memory } from './state/memory.ts';
import type { Address } from './state/router.svelte.ts';

const client = connect();
const desktop = window.lookalike ?? null;
const address: Address = {
  get hash() {
    return location.hash;
  },
  set hash(hash) {
    location.hash = hash;
  },
  replace(hash) {
    history.replaceState(history.state, '', hash);
  },
  onChange(listener) {
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  },
};
const key = pageKey(address, new Memory(localStorage));
const app = new App({
  client,
  desktop,
  languages: navigator.languages,
  storage: localStorage,
  session: sessionStorage,
  address,
});
app.start();
addEventListener('pagehide', app.keptSelection.keep);
openConnection(client, desktop, { key, onBrowser: app.enter });
mount(Root, { target: document.getElementById('app')!, props: { app } });
