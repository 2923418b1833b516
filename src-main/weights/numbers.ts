/** The kinds of numbers that files of weights hold, and how each becomes float32. Bytes are little-endian. */
import type { ElementType } from '../../shared/safetensors.ts';

/** @param raw the numbers' bytes and nothing beside them */
export function toFloat32(dtype: ElementType, raw: ArrayBuffer): Float32Array<ArrayBuffer> {
  switch (dtype) {
    case 'F32':
      return new Float32Array(raw);
    case 'F64':
      return Float32Array.from(new Float64Array(raw));
    case 'F16':
      return Float32Array.from(new Float16Array(raw));
    case 'BF16': {
      // bfloat16 is the upper half of a float32.
      const halves = new Uint16Array(raw);
      return new Float32Array(Uint32Array.from(halves, (h) => h << 16).buffer);
    }
    case 'I64':
      return Float32Array.from(new BigInt64Array(raw), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(raw));
    case 'I16':
      return Float32Array.from(new Int16Array(raw));
    case 'I8':
      return Float32Array.from(new Int8Array(raw));
    case 'U8':
    case 'BOOL':
      return Float32Array.from(new Uint8Array(raw));
    default:
      return dtype satisfies never;
  }
}
