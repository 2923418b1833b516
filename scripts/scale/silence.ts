/** How long this thread computes without a turn for others, in its processor time: what else the machine does is not counted. */

/** Milliseconds. */
const used = (usage: NodeJS.CpuUsage): number => (usage.user + usage.system) / 1000;

export interface SilenceWatch {
  /** The longest since the last time that it was asked, milliseconds. */
  longest(): number;
  /** The same, and the end of the watch. */
  stop(): number;
}

/** @param turn done at each turn of the timer */
export function watchSilence(turn: () => void = () => undefined): SilenceWatch {
  let last = used(process.threadCpuUsage());
  let most = 0;
  const look = () => {
    const now = used(process.threadCpuUsage());
    most = Math.max(most, now - last);
    last = now;
    turn();
  };
  const timer = setInterval(look, 1);
  const longest = (): number => {
    look();
    const answer = most;
    most = 0;
    return answer;
  };
  return {
    longest,
    stop() {
      clearInterval(timer);
      return longest();
    },
  };
}
