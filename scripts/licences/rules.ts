/**
 * What is shipped under which licence, as tables. A new production dependency needs no line here as long as its
 * licence is allowed and its text lies in its package: `npm run licences` lists it.
 */

/** SPDX names of licences under which a work may be shipped: permissive ones, and the LGPL with its offer. */
export const allowed: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0',
  'LGPL-3.0-or-later',
  'MIT',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

/** Production dependencies that electron-builder.yml keeps out of every package, as patterns of their names. */
export const notShipped: readonly RegExp[] = [
  /^node-(bin-)?(darwin|linux|win)-/, // Node itself, for npm's scripts
  /^@img\/sharp-(.*wasm32|linuxmusl-.*|libvips-linuxmusl-.*|freebsd-.*)$/, // systems that no package is made for
  /^@img\/sharp-(libvips-)?linux-(arm|ppc64|riscv64|s390x)$/,
  /^@img\/sharp-win32-ia32$/,
  /^@emnapi\//, // of sharp in WebAssembly
  /^node-addon-api$/, // headers, for who compiles better-sqlite3
  /^tslib$/, // of @emnapi
  // dcmjs-codecs' own code, of which nothing but its WebAssembly is used
  /^(dcmjs|@babel\/runtime-corejs3|core-js-pure|gl-matrix|lodash\.clonedeep|loglevel|loglevel-plugin-prefix|ndarray)$/,
  /^(iota-array|is-buffer)$/,
  // onnxruntime-node's install script, which never runs
  /^(adm-zip|global-agent|globalthis|define-properties|define-data-property|es-define-property|es-errors|gopd)$/,
  /^(has-property-descriptors|object-keys|matcher|escape-string-regexp|serialize-error|type-fest)$/,
];

/** Development dependencies whose code is bundled into the window or compiled into our WebAssembly. The build of the window fails where one is missing. */
export const bundled: readonly string[] = [
  '@kurkle/color',
  'assemblyscript',
  'chart.js',
  'chartjs-plugin-zoom',
  'clsx',
  'esm-env',
  'hammerjs',
  'marked',
  'svelte',
];

/** Texts for packages that bring none (of assets/licences), or that need more than they bring. */
export const texts: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['onnxruntime.txt', 'onnxruntime-notices.txt'],
  'onnxruntime-common': ['onnxruntime.txt'],
  lerc: ['lerc.txt'],
  '@cornerstonejs/codec-openjpeg': ['openjpeg.txt'],
  'dcmjs-codecs': ['dcmjs-codecs.txt'],
};

/** Works that are in no package of npm, with the file of assets/licences that holds their text. */
export const others: readonly { name: string; version: string; licence: string; source: string; file: string }[] = [
  {
    name: 'GNU Lesser General Public License',
    version: '3',
    licence: 'LGPL-3.0',
    source: 'https://www.gnu.org/licenses/lgpl-3.0.txt',
    file: 'LGPL-3.0.txt',
  },
  {
    name: 'GNU General Public License, to which it refers',
    version: '3',
    licence: 'GPL-3.0',
    source: 'https://www.gnu.org/licenses/gpl-3.0.txt',
    file: 'GPL-3.0.txt',
  },
];

/** What stands above the list: what the licences themselves want to be said. */
export const introduction = `LICENCES OF WHAT LOOKALIKE IS MADE OF

Lookalike itself is under the MIT licence, the first one below. It is made with the works that follow it, each under
its own licence. This file is written by "npm run licences" from what is installed.

Works under the GNU Lesser General Public License
  libvips, with what its package brings (glib, pango, fribidi, librsvg, libexif, libheif), and libheif-js (libheif and
  libde265, compiled to WebAssembly) are used unchanged, as libraries of their own: libvips is a shared library that is
  loaded at run time, libheif-js a file of its own that is loaded at run time. You may replace them by versions of your
  own that have the same interface: in the folder resources/app.asar.unpacked/node_modules of an installed Lookalike
  put them over the files of @img/sharp-libvips-* (in @img/sharp-win32-* on Windows) and libheif-js. These files are
  outside of the archive whose integrity is checked. Or take Lookalike's own source, install another version with npm,
  and run "npm run package". You may change Lookalike for your own use and take it apart to find faults of such changes.
  Their source: https://github.com/lovell/sharp-libvips (which versions, and how it is built),
  https://github.com/libvips/libvips, https://github.com/strukturag/libheif, https://github.com/strukturag/libde265 and
  https://github.com/catdad-experiments/libheif-js. Whoever received Lookalike from us may ask us for the source of the
  versions in it, for three years, at no more than what sending it costs: by an issue in the repository that Lookalike
  was published in. The texts of the LGPL and of the GPL, to which it refers, are below.

Electron, Chromium, Node and FFmpeg
  An installed Lookalike runs in Electron. Its licence and those of all that is in Chromium, Node and FFmpeg (LGPL, a
  shared library that may be replaced likewise) are in LICENSE.electron.txt and LICENSES.chromium.html beside it.

ONNX Runtime
  Its binaries are Microsoft's, unchanged, under the MIT licence, and hold the works of its notices below. Packages for
  Windows also carry DirectML.dll, dxil.dll and dxcompiler.dll as onnxruntime-node brings them, which are under
  Microsoft's terms (https://www.nuget.org/packages/Microsoft.AI.DirectML) and those of the DirectX Shader Compiler
  (https://github.com/microsoft/DirectXShaderCompiler/blob/main/LICENSE.TXT).

Patents
  HEIC photos hold pictures coded in HEVC (H.265), on which there are patents in some countries. The licences of libheif
  and libde265 grant rights in their code, not in those patents; whoever sells or passes on devices or programs that
  decode HEVC may need a licence from their holders. AVIF is made to be free of such claims.

Fonts and icons
  Lookalike brings no font: it uses the system's. Its icons are its own, under its own licence.

What is in libvips' package, in its own words:
`;
