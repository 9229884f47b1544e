import type { Backend } from './backend';
import { tauri } from './tauri';

/**
 * The desktop shell; in a plain browser (development and browser tests) the sample hospital.
 * Both conditions are constants in a release build, so the sample never becomes part of it.
 */
export async function chooseBackend(): Promise<Backend> {
  if (import.meta.env.DEV || import.meta.env.MODE === 'sample') {
    if (!('__TAURI_INTERNALS__' in window)) {
      const { sampleBackend } = await import('./sample/sample');
      return sampleBackend(new URLSearchParams(location.search));
    }
  }
  return tauri;
}
