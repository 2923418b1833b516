/**
 * Whether this computer runs on its battery, as far as the browser says (Chromium, and so the desktop program): a
 * training empties it, and a person is offered to pause. Elsewhere nothing is known and nothing is said.
 */
import type { RunState } from '../../shared/contract.ts';

/** The part of a browser's BatteryManager that is used. */
export interface BatteryFacts extends Pick<EventTarget, 'addEventListener' | 'removeEventListener'> {
  /** Also where there is no battery. */
  charging: boolean;
  /** 0 to 1 */
  level: number;
}

/** A browser as far as its battery goes; the types of the platform do not know it. */
export interface BatteryBrowser {
  getBattery?(): Promise<BatteryFacts>;
}

/** Share of the charge that is left while the computer runs on it; null: it is plugged in. */
const chargeLeft = ({ charging, level }: Pick<BatteryFacts, 'charging' | 'level'>): number | null =>
  charging ? null : level;

export class Battery {
  /** Share of its charge while the computer runs on it; null where it is plugged in or nobody says. */
  charge = $state<number | null>(null);
  /** A person has been told, and goes on. */
  #goesOn = $state(false);

  /** Whether to offer that a run in this state pauses. */
  offersPause(state: RunState): boolean {
    return state === 'running' && this.charge !== null && !this.#goesOn;
  }

  /** Not offered again until it has been plugged in and out. */
  goOn = (): void => {
    this.#goesOn = true;
  };

  /** Follows the battery until the function that it returns is called. */
  watch(browser: BatteryBrowser): () => void {
    let stopped = false;
    let unfollow = () => {};
    const follow = (battery: BatteryFacts): void => {
      if (stopped) return;
      const take = () => {
        this.charge = chargeLeft(battery);
        if (this.charge === null) this.#goesOn = false;
      };
      const events = ['chargingchange', 'levelchange'];
      for (const event of events) battery.addEventListener(event, take);
      unfollow = () => events.forEach((event) => battery.removeEventListener(event, take));
      take();
    };
    void browser.getBattery?.().then(follow, () => {}); // refused: nothing is known
    return () => {
      stopped = true;
      unfollow();
    };
  }
}
