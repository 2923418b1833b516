/** Which photos of a folder have which tag, for naming groups of them. */
import type { Tag } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { IdList } from '../../shared/idList.ts';
import { tellsOf } from '../lib/map-data.ts';

/** Tags that are asked about: those with the most photos of the folder. */
const mostTags = 40;

export class TagMembers {
  #members = $state.raw<readonly { name: string; imageIds: ReadonlySet<string> }[]>([]);
  #asked = 0;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async load(datasetId: string, tags: readonly Tag[]): Promise<void> {
    const asked = ++this.#asked;
    const counts = await this.#client.call('tags.counts', { datasetId });
    const wanted = tags.filter(({ id }) => counts[id]).sort((a, b) => counts[b.id]! - counts[a.id]!);
    const members = await Promise.all(
      wanted
        .slice(0, mostTags)
        .map(async ({ id: tagId, name }) => ({
          name,
          imageIds: new Set(IdList.read(await this.#client.call('tags.images', { tagId, datasetId }))),
        })),
    );
    if (asked === this.#asked) this.#members = members;
  }

  /**
   * The tag that tells something of these photos, and their share; null: there is none.
   * @param total photos of the folder, by which it is known how many have a tag anyway
   */
  majority(imageIds: readonly string[], total: number): { name: string; share: number } | null {
    let best: { name: string; share: number } | null = null;
    for (const { name, imageIds: members } of this.#members) {
      const share = imageIds.filter((id) => members.has(id)).length / imageIds.length;
      if (share > (best?.share ?? 0) && tellsOf(share, members.size / total)) best = { name, share };
    }
    return best;
  }
}
