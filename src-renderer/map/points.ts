/**
 * Fifty thousand points and more on a WebGL2 canvas: positions and colours go to the GPU once, and moving the view is
 * one uniform and one draw call. Of very many in sight a picture of their density is drawn (density.ts). (The npm
 * package embedding-atlas was looked at and left: it asks for a SQL engine in WebAssembly and React as peers, one of
 * whose own peers the registry does not have, and for a policy that allows WebAssembly compilation in the page.)
 */
import { DENSE_FROM, densityPicture, MOST_DRAWN } from './density.ts';
import type { PointIndex, View } from './geometry.ts';

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

/** The picture of a dense map, over all of it. */
const pictureVertex = `#version 300 es
uniform vec2 centre;
uniform vec2 scale;
out vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  place = corner;
  gl_Position = vec4((2.0 * corner - 1.0 - centre) * scale, 0.0, 1.0);
}`;
const pictureFragment = `#version 300 es
precision mediump float;
uniform sampler2D density;
uniform float dim;
in vec2 place;
out vec4 color;
void main() {
  color = texture(density, place) * dim;
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
  readonly #program: WebGLProgram;
  readonly #uniforms: Record<'centre' | 'scale' | 'size' | 'dim', WebGLUniformLocation>;
  readonly #picture: {
    program: WebGLProgram;
    texture: WebGLTexture;
    uniforms: Record<'centre' | 'scale' | 'dim', WebGLUniformLocation>;
  };
  /** Of a dense map: its points lie on the card in the order of the index's cells. Else null. */
  #index: PointIndex | null = null;
  /** Where each point lies on the card. */
  #placeOf: Int32Array | null = null;
  #markedBuffer: WebGLBuffer;
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
    const program = this.#linked(vertex, fragment);
    const at = (name: string, of = program) => gl.getUniformLocation(of, name)!;
    this.#program = program;
    this.#uniforms = { centre: at('centre'), scale: at('scale'), size: at('size'), dim: at('dim') };
    const picture = this.#linked(pictureVertex, pictureFragment);
    this.#picture = {
      program: picture,
      texture: gl.createTexture(),
      uniforms: { centre: at('centre', picture), scale: at('scale', picture), dim: at('dim', picture) },
    };
    this.#positions = gl.createBuffer();
    this.#colors = gl.createBuffer();
    this.#markedBuffer = gl.createBuffer();
    this.#attribute(program, 'position', this.#positions, 2, gl.FLOAT, false);
    this.#attribute(program, 'color', this.#colors, 4, gl.UNSIGNED_BYTE, true);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  #linked(vertexSource: string, fragmentSource: string): WebGLProgram {
    const gl = this.#gl;
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertexSource],
      [gl.FRAGMENT_SHADER, fragmentSource],
    ] as const) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS))
      throw new NoWebGlError(gl.getProgramInfoLog(program) ?? 'the shaders did not link');
    return program;
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

  /** x and y by turns. @param index of them; from DENSE_FROM points on they are drawn as a picture where many are in sight */
  setPositions(positions: Float32Array, index: PointIndex | null = null): void {
    const gl = this.#gl;
    this.#count = positions.length / 2;
    this.#index = index && this.#count >= DENSE_FROM ? index : null;
    this.#placeOf = this.#index && new Int32Array(this.#count);
    this.#index?.points.forEach((point, place) => (this.#placeOf![point] = place));
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#positions);
    gl.bufferData(gl.ARRAY_BUFFER, this.#index ? inOrder(positions, 2, this.#index.points) : positions, gl.STATIC_DRAW);
  }

  /** Red, green, blue and plainAlpha by turns, 0 to 255; no point is marked any more. */
  setColors(colors: Uint8Array): void {
    const gl = this.#gl;
    this.#marked = [];
    this.#shades = this.#index ? inOrder(colors, 4, this.#index.points) : colors;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#colors);
    gl.bufferData(gl.ARRAY_BUFFER, this.#shades, gl.DYNAMIC_DRAW);
    if (!this.#index) return;
    const { side } = this.#index;
    gl.bindTexture(gl.TEXTURE_2D, this.#picture.texture);
    gl.texImage2D(
      ...([gl.TEXTURE_2D, 0, gl.RGBA, side, side, 0] as const),
      ...([gl.RGBA, gl.UNSIGNED_BYTE, densityPicture(this.#index, colors)] as const),
    );
    for (const [name, value] of [
      [gl.TEXTURE_MIN_FILTER, gl.LINEAR],
      [gl.TEXTURE_MAG_FILTER, gl.LINEAR],
      [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
      [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
    ] as const)
      gl.texParameteri(gl.TEXTURE_2D, name, value);
  }

  /** These points stand out, and no others; the others are `dimmed` or not. Few of many are a few bytes to the card. */
  setMarked(rows: readonly number[], dimmed: boolean): void {
    const gl = this.#gl;
    const points = this.#placeOf ? rows.map((row) => this.#placeOf![row]!) : rows;
    const changed = [...this.#marked, ...points];
    for (const point of this.#marked) this.#shades[4 * point + 3] = plainAlpha;
    for (const point of points) this.#shades[4 * point + 3] = 255;
    this.#marked = points;
    this.#dimmed = dimmed;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#colors);
    if (changed.length > MOST_APART) gl.bufferData(gl.ARRAY_BUFFER, this.#shades, gl.DYNAMIC_DRAW);
    else for (const point of changed) gl.bufferSubData(gl.ARRAY_BUFFER, 4 * point, this.#shades, 4 * point, 4);
    if (!this.#index) return;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#markedBuffer);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from(points), gl.DYNAMIC_DRAW);
  }

  /** `width`, `height` and the `size` of a point in CSS px; `ratio`: device pixels in a CSS px. */
  draw(view: View, width: number, height: number, ratio: number, size: number): void {
    const gl = this.#gl;
    gl.viewport(0, 0, Math.round(width * ratio), Math.round(height * ratio));
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.#count) return;
    const dim = this.#dimmed ? dimmedAlpha / plainAlpha : 1;
    const scale = [(2 * view.scale) / width, (2 * view.scale) / height] as const;
    const [halfWidth, halfHeight] = [width / 2 / view.scale, height / 2 / view.scale];
    const rows = this.#index?.rowsBetween(
      ...([view.x - halfWidth, view.y - halfHeight, view.x + halfWidth, view.y + halfHeight] as const),
    );
    const isDense = rows !== undefined && rows.inSight > MOST_DRAWN;
    if (isDense) {
      const { program, texture, uniforms } = this.#picture;
      gl.useProgram(program);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform2f(uniforms.centre, view.x, view.y);
      gl.uniform2f(uniforms.scale, ...scale);
      gl.uniform1f(uniforms.dim, dim);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
    gl.useProgram(this.#program);
    gl.uniform2f(this.#uniforms.centre, view.x, view.y);
    gl.uniform2f(this.#uniforms.scale, ...scale);
    gl.uniform1f(this.#uniforms.size, size * ratio);
    gl.uniform1f(this.#uniforms.dim, dim);
    if (!isDense) gl.drawArrays(gl.POINTS, rows?.from ?? 0, rows ? rows.to - rows.from : this.#count);
    else if (this.#marked.length > 0) {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#markedBuffer);
      gl.drawElements(gl.POINTS, this.#marked.length, gl.UNSIGNED_INT, 0);
    }
  }

  close(): void {
    this.#gl.deleteBuffer(this.#positions);
    this.#gl.deleteBuffer(this.#colors);
    this.#gl.deleteBuffer(this.#markedBuffer);
    this.#gl.deleteTexture(this.#picture.texture);
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

/** Values of each point, some each, in another order of the points. */
function inOrder<T extends Float32Array | Uint8Array>(values: T, each: number, order: Int32Array): T {
  const out = values.slice() as T;
  for (let place = 0; place < order.length; place++) {
    const from = order[place]! * each;
    for (let i = 0; i < each; i++) out[place * each + i] = values[from + i]!;
  }
  return out;
}
