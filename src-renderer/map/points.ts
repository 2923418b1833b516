/**
 * Fifty thousand points and more on a WebGL2 canvas: positions and colours go to the GPU once, and moving the
 * view is one uniform and one draw call. (The npm package embedding-atlas was looked at and left: it asks for a
 * SQL engine in WebAssembly and React as peers, one of whose own peers the registry does not have, and for a
 * policy that allows WebAssembly compilation in the page.)
 */
import type { View } from './geometry.ts';

const vertex = `#version 300 es
in vec2 position;
in vec4 color;
uniform vec2 centre;
uniform vec2 scale;
uniform float size;
uniform float dim;
out vec4 shade;
void main() {
  gl_Position = vec4((position - centre) * scale, 0.0, 1.0);
  // A point that stands out is opaque and larger; the others may be dimmed, all at once.
  bool marked = color.a > 0.95;
  gl_PointSize = marked ? size * 1.8 : size;
  shade = vec4(color.rgb, marked ? color.a : color.a * dim);
}`;

const fragment = `#version 300 es
precision mediump float;
in vec4 shade;
out vec4 color;
void main() {
  float distance = length(gl_PointCoord - 0.5);
  float edge = 1.0 - smoothstep(0.40, 0.5, distance);
  color = vec4(shade.rgb, 1.0) * shade.a * edge;
}`;

/** Alpha, 0 to 255, of a point as usual, and of one that is dimmed so that others stand out. */
export const plainAlpha = 205;
const dimmedAlpha = 46;
/** Points whose colours go to the card one by one; more of them go with all others. */
const MOST_APART = 4096;

/** This machine cannot draw the map; the grid beside it can do without. */
class NoWebGlError extends Error {
  override readonly name = 'NoWebGlError';
  readonly code = 'no-webgl';
}

export class PointLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #positions: WebGLBuffer;
  readonly #colors: WebGLBuffer;
  readonly #uniforms: Record<'centre' | 'scale' | 'size' | 'dim', WebGLUniformLocation>;
  #count = 0;
  #shades: Uint8Array = new Uint8Array(0);
  #marked: readonly number[] = [];
  #dimmed = false;

  /** @throws NoWebGlError */
  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', {
      antialias: false,
      alpha: true,
      premultipliedAlpha: true,
      preserveDrawingBuffer: true,
    });
    if (!gl) throw new NoWebGlError('WebGL 2 is not available here');
    this.#gl = gl;
    const program = gl.createProgram()!;
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS))
      throw new NoWebGlError(gl.getProgramInfoLog(program) ?? 'the shaders did not link');
    gl.useProgram(program);
    this.#uniforms = {
      centre: gl.getUniformLocation(program, 'centre')!,
      scale: gl.getUniformLocation(program, 'scale')!,
      size: gl.getUniformLocation(program, 'size')!,
      dim: gl.getUniformLocation(program, 'dim')!,
    };
    this.#positions = gl.createBuffer();
    this.#colors = gl.createBuffer();
    this.#attribute(program, 'position', this.#positions, 2, gl.FLOAT, false);
    this.#attribute(program, 'color', this.#colors, 4, gl.UNSIGNED_BYTE, true);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  #attribute(
    program: WebGLProgram,
    name: string,
    buffer: WebGLBuffer,
    size: number,
    type: number,
    normalized: boolean,
  ): void {
    const gl = this.#gl;
    const location = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, type, normalized, 0, 0);
  }

  /** x and y by turns. */
  setPositions(positions: Float32Array): void {
    this.#count = positions.length / 2;
    this.#gl.bindBuffer(this.#gl.ARRAY_BUFFER, this.#positions);
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, positions, this.#gl.STATIC_DRAW);
  }

  /** Red, green, blue and plainAlpha by turns, 0 to 255; no point is marked any more. */
  setColors(colors: Uint8Array): void {
    this.#shades = colors;
    this.#marked = [];
    this.#gl.bindBuffer(this.#gl.ARRAY_BUFFER, this.#colors);
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, colors, this.#gl.DYNAMIC_DRAW);
  }

  /** These points stand out, and no others; the others are `dimmed` or not. Few of many are a few bytes to the card. */
  setMarked(points: readonly number[], dimmed: boolean): void {
    const gl = this.#gl;
    const changed = [...this.#marked, ...points];
    for (const point of this.#marked) this.#shades[4 * point + 3] = plainAlpha;
    for (const point of points) this.#shades[4 * point + 3] = 255;
    this.#marked = points;
    this.#dimmed = dimmed;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#colors);
    if (changed.length > MOST_APART) gl.bufferData(gl.ARRAY_BUFFER, this.#shades, gl.DYNAMIC_DRAW);
    else for (const point of changed) gl.bufferSubData(gl.ARRAY_BUFFER, 4 * point, this.#shades, 4 * point, 4);
  }

  /** `width`, `height` and the `size` of a point in CSS px; `ratio`: device pixels in a CSS px. */
  draw(view: View, width: number, height: number, ratio: number, size: number): void {
    const gl = this.#gl;
    gl.viewport(0, 0, Math.round(width * ratio), Math.round(height * ratio));
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.#count) return;
    gl.uniform2f(this.#uniforms.centre, view.x, view.y);
    gl.uniform2f(this.#uniforms.scale, (2 * view.scale) / width, (2 * view.scale) / height);
    gl.uniform1f(this.#uniforms.size, size * ratio);
    gl.uniform1f(this.#uniforms.dim, this.#dimmed ? dimmedAlpha / plainAlpha : 1);
    gl.drawArrays(gl.POINTS, 0, this.#count);
  }

  close(): void {
    this.#gl.deleteBuffer(this.#positions);
    this.#gl.deleteBuffer(this.#colors);
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
