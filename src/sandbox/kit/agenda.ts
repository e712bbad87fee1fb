/** What is going to happen by itself: somebody picks up, a bridge is built. Nothing happens before `settle` is called. */
export interface Agenda {
  /** @param time epoch ms; a time already past happens at the next `settle` */
  at(time: number, action: (time: number) => void): void;
  /** Does everything due by `now`, oldest first, including what that puts on the agenda. */
  settle(now: number): void;
}

export function createAgenda(): Agenda {
  const items: { time: number; action: (time: number) => void }[] = [];
  return {
    at(time, action) {
      // Inserted behind items of the same time, so that first come is first served.
      let index = items.length;
      while (index > 0 && items[index - 1]!.time > time) index -= 1;
      items.splice(index, 0, { time, action });
    },
    settle(now) {
      while (items[0] && items[0].time <= now) {
        const { time, action } = items.shift()!;
        action(time);
      }
    },
  };
}
