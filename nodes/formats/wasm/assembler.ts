/**
 * A small assembler for WebAssembly (core specification 2.0, with SIMD): kernels over bytes are written in it where
 * JavaScript is too slow, without a compiler at install time. Validation is left to the engine that compiles it.
 */

/** Code as a tree: opcode bytes, blocks, and branches to them by label. Operands come before their operation. */
export type Code = number | readonly Code[] | Block | Branch

export type Type = 'i32' | 'i64' | 'f64' | 'v128'

export interface Label {
  readonly name: string
}

interface Block {
  readonly open: number
  readonly result: number
  readonly label: Label
  readonly body: Code
  readonly otherwise?: Code | undefined
}

interface Branch {
  readonly jump: number
  readonly to: Label
}

/** A local variable or a parameter of a function. */
export interface Local {
  readonly get: Code
  readonly set: (value: Code) => Code
  /** Sets it and leaves the value. */
  readonly tee: (value: Code) => Code
}

/** A function: called by others, also before it is defined. */
export interface Func {
  readonly call: (...parameters: Code[]) => Code
  readonly define: (body: (local: (type: Type) => Local, ...parameters: Local[]) => Code) => void
}

export const valueTypes: Record<Type, number> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b }
/** LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    const more = rest > 127
    bytes.push((rest & 127) | (more ? 128 : 0))
    rest >>>= 7
  } while (rest)
  return bytes
}

/** LEB128 of a signed number of 32 bits. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 127
    const done = rest >> 6 === 0 || rest >> 6 === -1
    bytes.push(done ? low : low | 128)
    if (done) return bytes
  }
}

/** LEB128 of a signed number of 64 bits. */
export function signedLong(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 127n)
    const done = rest >> 6n === 0n || rest >> 6n === -1n
    bytes.push(done ? low : low | 128)
    if (done) return bytes
  }
}

/** Code as bytes; `labels` are the blocks around it, outermost first. */
function emit(code: Code, labels: readonly Label[], into: number[]): void {
  if (typeof code === 'number') into.push(code)
  else if (isList(code)) for (let i = 0; i < code.length; i++) emit(code[i] as Code, labels, into)
  else if ('jump' in code) {
    const at = labels.lastIndexOf(code.to)
    if (at < 0) throw new Error(`a branch to "${code.to.name}" stands outside of it`)
    into.push(code.jump, ...unsigned(labels.length - 1 - at))
  } else {
    into.push(code.open, code.result)
    const inner = labels.concat(code.label)
    emit(code.body, inner, into)
    if (code.otherwise !== undefined) {
      into.push(0x05)
      emit(code.otherwise, inner, into)
    }
    into.push(0x0b)
  }
}

const isList: (code: Code) => code is readonly Code[] = Array.isArray

const vector = (items: readonly (readonly number[])[]): number[] => unsigned(items.length).concat(...items)
const section = (id: number, content: readonly number[]): number[] => [id].concat(unsigned(content.length), content)
const text = (name: string): number[] => vector([...Buffer.from(name)].map((byte) => [byte]))

/** A module under construction. Its memory is imported as `env.memory`. */
export interface Assembly {
  /** A function; with a name it is exported. */
  readonly func: (parameters: readonly Type[], result: Type | null, name?: string) => Func
  /** A mutable global, 0 at first. */
  readonly global: (type: 'i32') => Omit<Local, 'tee'>
  /** The module's bytes. */
  readonly module: () => Uint8Array
}

export function assembly(): Assembly {
  const signatures: number[][] = []
  const bodies: (number[] | null)[] = []
  const exports: number[][] = []
  const globals: number[][] = []
  return {
    func(parameters, result, name) {
      const index = signatures.length
      signatures.push([
        0x60,
        ...vector(parameters.map((type) => [valueTypes[type]])),
        ...vector(result ? [[valueTypes[result]]] : []),
      ])
      bodies.push(null)
      if (name) exports.push([...text(name), 0, ...unsigned(index)])
      return {
        call: (...given) => [given, 0x10, unsigned(index)],
        define(body) {
          const locals: number[][] = []
          const at = (place: number): Local => ({
            get: [0x20, unsigned(place)],
            set: (value) => [value, 0x21, unsigned(place)],
            tee: (value) => [value, 0x22, unsigned(place)],
          })
          const local = (type: Type) => at(parameters.length + locals.push([1, valueTypes[type]]) - 1)
          const code: number[] = []
          emit(body(local, ...parameters.map((_, place) => at(place))), [], code)
          code.push(0x0b)
          const declared = vector(locals)
          bodies[index] = unsigned(declared.length + code.length).concat(declared, code)
        },
      }
    },
    global(type) {
      const place = unsigned(globals.push([valueTypes[type], 1, 0x41, 0, 0x0b]) - 1)
      return { get: [0x23, place], set: (value) => [value, 0x24, place] }
    },
    module: () =>
      new Uint8Array(
        [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].concat(
          section(1, vector(signatures)),
          section(2, vector([[...text('env'), ...text('memory'), 2, 0, 1]])),
          section(3, vector(signatures.map((_, index) => unsigned(index)))),
          section(6, vector(globals)),
          section(7, vector(exports)),
          section(10, vector(bodies.map((body) => body ?? undefinedFunction()))),
        ),
      ),
  }
}

function undefinedFunction(): never {
  throw new Error('a function is declared and not defined')
}
