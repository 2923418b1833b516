/** The kinds of numbers that files of weights hold, and how each becomes float32. Bytes are little-endian. */
import type { ElementType } from '../../shared/safetensors.ts';

/** E4M3 as its authors define it for networks (Micikevicius et al. 2022): bias 7, no infinities, all ones is NaN. */
function smallFloat(byte: number): number {
  const sign = byte & 0x80 ? -1 : 1;
  const exponent = (byte >> 3) & 15;
  const mantissa = byte & 7;
  if (exponent === 15 && mantissa === 7) return NaN;
  return sign * (exponent === 0 ? (mantissa / 8) * 2 ** -6 : (1 + mantissa / 8) * 2 ** (exponent - 7));
}

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
    case 'U64':
      return Float32Array.from(new BigUint64Array(raw), Number);
    case 'U32':
      return Float32Array.from(new Uint32Array(raw));
    case 'U16':
      return Float32Array.from(new Uint16Array(raw));
    case 'F8_E5M2': {
      // the upper half of a float16
      const bytes = new Uint8Array(raw);
      return Float32Array.from(new Float16Array(Uint16Array.from(bytes, (byte) => byte << 8).buffer));
    }
    case 'F8_E4M3':
      return Float32Array.from(new Uint8Array(raw), smallFloat);
    case 'U8':
    case 'BOOL':
      return Float32Array.from(new Uint8Array(raw));
    default:
      return dtype satisfies never;
  }
}
