/** The devices of the machine, with what their self-test said; kept up by events once it was asked for. */
import type { Device, Devices as DevicesAnswer, Provider } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { isOffered } from '../../shared/devices.ts';

export class Devices {
  known = $state.raw<DevicesAnswer | null>(null);
  failed = $state.raw<unknown>(null);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  listen(): () => void {
    return this.#client.on('devices', ({ devices, auto }) => (this.known = { devices, auto }));
  }

  get list(): readonly Device[] {
    return this.known?.devices ?? [];
  }

  get testing(): boolean {
    return this.list.some(({ testing }) => testing);
  }

  get = (provider: string | null): Device | undefined => this.list.find((device) => device.provider === provider);

  /** Whether a choice can be made; before anything is known it can. */
  canChoose(choice: string): boolean {
    if (choice === 'auto' || this.known === null) return true;
    const device = this.get(choice);
    return device !== undefined && isOffered(device);
  }

  /** Asks what there is, then has those tested that are wanted and that nobody tested yet. */
  async load(wanted: (device: Device) => boolean): Promise<void> {
    await this.#take(() => this.#client.call('system.devices', null));
    for (const { provider } of this.list.filter((device) => wanted(device) && device.test === null))
      await this.#take(() => this.#client.call('system.testDevices', { provider, again: false }));
  }

  async test(provider: Provider): Promise<void> {
    await this.#take(() => this.#client.call('system.testDevices', { provider, again: true }));
  }

  async #take(ask: () => Promise<DevicesAnswer>): Promise<void> {
    try {
      this.known = await ask();
      this.failed = null;
    } catch (error) {
      this.failed = error;
    }
  }
}
