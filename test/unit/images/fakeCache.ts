/** Stands in for the image cache in the tests of the view loader: images made of their index, and accidents to order. */

export interface FakeDescriptor {
  ids: string[];
  /** trainingImage throws for this id. */
  broken?: string;
  /** The thread dies at this id. */
  deadly?: string;
  /** The first image that any worker reads takes this many milliseconds, and each one after it. */
  slow?: number;
}

export class ImageCache {
  readonly ids: string[];
  readonly descriptor: FakeDescriptor;

  constructor(descriptor: FakeDescriptor) {
    this.descriptor = descriptor;
    this.ids = descriptor.ids;
  }

  static open(descriptor: FakeDescriptor): ImageCache {
    return new ImageCache(descriptor);
  }

  trainingSize(index: number): { width: number; height: number } {
    return { width: 24 + (index % 5), height: 20 };
  }

  trainingImage(index: number): { data: Uint8Array; width: number; height: number } {
    const { broken, deadly, slow } = this.descriptor;
    if (this.ids[index] === broken) throw Object.assign(new Error('the cache is damaged'), { code: 'EIO' });
    if (this.ids[index] === deadly) process.exit(3);
    if (slow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slow);
    const { width, height } = this.trainingSize(index);
    return { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * (index + 3)) & 255), width, height };
  }
}
