/**
 * Where the window is: a place, what is open in it and a few parameters, kept in the address's hash so that a
 * reload, the back button and a link all work. Parsing and writing are pure; the window's address is given in.
 */
import { places } from '../../shared/places.ts';
import type { Place } from '../../shared/places.ts';

export interface Route {
  place: Place;
  id: string | null;
  query: Readonly<Record<string, string>>;
}

/** What of the browser the router needs: the hash, and word when it changes. */
export interface Address {
  /** Setting it is a step that Back undoes. */
  hash: string;
  /** Sets the hash without a step and without word of it. */
  replace(hash: string): void;
  onChange(listener: () => void): () => void;
}

/** An unknown place is Welcome: an old link must not show an empty window. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [name = '', id] = path.split('/');
  const place = places.find((candidate) => candidate.id === name);
  if (!place) return { place: 'welcome', id: null, query: {} };
  return { place: place.id, id: id ? decoded(id) : null, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** An id without its % escapes; one whose escape is cut off stays as it is, and what it names is not found. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function writeRoute({
  place,
  id = null,
  query = {},
}: {
  place: Place;
  id?: string | null;
  query?: Record<string, string>;
}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${place}${id ? `/${encodeURIComponent(id)}` : ''}${search ? `?${search}` : ''}`;
}

export class Router {
  route = $state.raw<Route>({ place: 'welcome', id: null, query: {} });
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
    this.route = parseRoute(address.hash);
  }

  /** Follows the address until the returned function is called. */
  listen(): () => void {
    return this.#address.onChange(() => (this.route = parseRoute(this.#address.hash)));
  }

  go = (place: Place, id: string | null = null, query: Record<string, string> = {}): void => {
    this.#address.hash = writeRoute({ place, id, query });
    this.route = parseRoute(this.#address.hash);
  };

  /**
   * Writes other parameters of the place that is open, as a step or in the step's stead. Nothing, where the address has
   * moved on and word of that is on its way.
   */
  put(query: Record<string, string>, isStep: boolean): void {
    const { place, id } = this.route;
    if (parseRoute(this.#address.hash).place !== place) return;
    if (isStep) return this.go(place, id, query);
    this.#address.replace(writeRoute({ place, id, query }));
    this.route = parseRoute(this.#address.hash);
  }

  href = (place: Place, id: string | null = null, query: Record<string, string> = {}): string =>
    writeRoute({ place, id, query });
}
