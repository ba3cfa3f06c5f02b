/**
 * Gathers what is asked for within a moment into few requests: a screen of tiles is one question to
 * the server, not sixty. One that is not answered was not found.
 */
export class Loader<T extends { id: string }> {
  private readonly loadMany: (ids: readonly string[]) => Promise<readonly T[]>;
  private readonly most: number;
  private readonly notFound: (id: string) => Error;
  private waiting = new Map<string, Waiting<T>>();

  constructor(
    loadMany: (ids: readonly string[]) => Promise<readonly T[]>,
    most: number,
    notFound: (id: string) => Error,
  ) {
    this.loadMany = loadMany;
    this.most = most;
    this.notFound = notFound;
  }

  load(id: string): Promise<T> {
    const known = this.waiting.get(id);
    if (known) return known.promise;
    if (this.waiting.size === 0) setTimeout(() => this.flush(), 8);
    const one = Promise.withResolvers<T>();
    this.waiting.set(id, one);
    return one.promise;
  }

  private flush(): void {
    const all = [...this.waiting];
    this.waiting = new Map();
    for (let at = 0; at < all.length; at += this.most) void this.ask(all.slice(at, at + this.most));
  }

  private async ask(part: readonly [string, Waiting<T>][]): Promise<void> {
    try {
      const found = await this.loadMany(part.map(([id]) => id));
      const byId = new Map(found.map((one) => [one.id, one]));
      for (const [id, one] of part) {
        const it = byId.get(id);
        if (it) one.resolve(it);
        else one.reject(this.notFound(id));
      }
    } catch (error) {
      for (const [, one] of part) one.reject(error);
    }
  }
}

type Waiting<T> = ReturnType<typeof Promise.withResolvers<T>>;
