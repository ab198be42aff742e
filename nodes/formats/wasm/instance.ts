/** A kernel's memory, in pages of 64 KiB. `buffer` is another one after it has grown. */
export interface Memory {
  readonly buffer: ArrayBuffer
  readonly grow: (pages: number) => number
}

// No library of types without a browser's has WebAssembly.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: { env: { memory: Memory } }) => { readonly exports: object }
  readonly Memory: new (size: { initial: number }) => Memory
}

/** A kernel and its memory. */
export interface Instance<Kernel> {
  readonly memory: Memory
  readonly kernel: Kernel
}

/** Compiles a module once; each call of what it gives makes an instance with a fresh memory of `pages`. */
export function compiled<Kernel>(assemble: () => Uint8Array, pages: number): () => Instance<Kernel> {
  let module: object | undefined
  return () => {
    module ??= new WebAssembly.Module(assemble())
    const memory = new WebAssembly.Memory({ initial: pages })
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    // A cast: the exports are what the module was assembled with.
    return { memory, kernel: exports as Kernel }
  }
}
