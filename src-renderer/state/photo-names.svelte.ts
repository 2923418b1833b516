/** File names of photos that are shown by id: asked for together, a frame's worth at a time, and kept while they are few. */
import { shownName } from '../../shared/fileNames.ts';
import type { Client } from '../../shared/client.ts';

const most = 1000;
const kept = 20_000;

export class PhotoNames {
  #version = $state(0);
  readonly #names = new Map<string, string>();
  readonly #asked = new Set<string>();
  readonly #client: Client;
  #waits = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** A photo's path inside its folder; undefined until it is known, which redraws whoever asked. */
  get = (imageId: string): string | undefined => {
    void this.#version;
    const name = this.#names.get(imageId);
    if (name === undefined && !this.#asked.has(imageId)) {
      this.#asked.add(imageId);
      this.#soon();
    }
    return name;
  };

  #soon(): void {
    if (this.#waits) return;
    this.#waits = true;
    setTimeout(() => void this.#fetch(), 30);
  }

  async #fetch(): Promise<void> {
    this.#waits = false;
    const imageIds = [...this.#asked].filter((id) => !this.#names.has(id)).slice(0, most);
    if (imageIds.length === 0) return;
    try {
      const names = await this.#client.call('library.names', { imageIds });
      if (this.#names.size > kept) this.#names.clear();
      imageIds.forEach((id, i) => this.#names.set(id, shownName(names[i] ?? '')));
      for (const id of imageIds) this.#asked.delete(id);
      this.#version++;
      if (this.#asked.size > 0) this.#soon();
    } catch {
      this.#asked.clear(); // the connection is gone: who is drawn again asks again
    }
  }
}
