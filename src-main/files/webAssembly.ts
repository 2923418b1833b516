/** WebAssembly, as far as it is used here: TypeScript declares it in its DOM library alone, which has no place in Node. */
export const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports?: object) => { exports: unknown };
    /** Shared by threads; `initial` and `maximum` in pages. */
    Memory: new (limits: { initial: number; maximum: number; shared: true }) => { readonly buffer: SharedArrayBuffer };
  };
};

/** Bytes of a page, by which memory is given out. */
export const PAGE = 65_536;
