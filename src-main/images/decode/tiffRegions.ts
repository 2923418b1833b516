/**
 * Windows and small copies of a TIFF that is read by its path, however large it is: photos by libvips, measured values
 * by geotiff, both from the tiles, strips and overviews that are asked for alone. Which of its pages and bands
 * are the picture is tiffPages.ts's; cutting it into parts is regions.ts's.
 */
import sharp from 'sharp';
import type { Rect } from '../../../shared/parts.ts';
import { ImageError } from '../errors.ts';
import { formatRanges, parseRanges } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import { FileBytes } from './fileBytes.ts';
import { remembered } from './remembered.ts';
import type { Route } from './route.ts';
import { isClear, keepBrighter, sortedSample } from './samples.ts';
import type { Samples, Values } from './samples.ts';
import type { TiffDirectory } from './tiff.ts';
import { lacksPages } from './tiffBehind.ts';
import type { KeptBlock } from './tiffBlocks.ts';
import { isNone, isNoneIn, isSeen } from './tiffClear.ts';
import { pageNumbered, shownPages } from './tiffCopies.ts';
import { colourBands, coloursOf, hasSpot } from './tiffColours.ts';
import { bandReading, clearnessOf, samplesOf } from './tiffDecode.ts';
import { choiceOf, greyProfile, isPlain16, pageOf, pagesOf, PHOTOMETRIC, readingOf } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import { alphaBand, isMultiplied, shownBands } from './tiffShown.ts';
import { maskOf, smallMaskOf } from './tiffMask.ts';
import { copiesOf, copyOf, EDGES, INNER, isEight, joined, looksOf, parted, placeOf, rangeOf } from './tiffLooks.ts';
import { chosenPage, shownOf } from './tiffPlanes.ts';
import { TiffValues } from './tiffSamples.ts';
import { shrunk } from './tiffShrunk.ts';
import { planesBeside, stackedPage, stackOf } from './tiffStacks.ts';
import type { Stack } from './tiffStacks.ts';
import { stripsOf } from './tiffStrips.ts';
import type { Strips } from './tiffStrips.ts';
import type { DecodeLimits } from './types.ts';
import type { VipsChoice } from './vips.ts';
import { announcesMore } from './whole.ts';
import { sizeOf } from './types.ts';

/** A large image is looked at for its range and its transparency in windows of this side, in pixels. */
const LOOK = 256;
/** Longest side of a copy of measured values, whose numbers are held all at once. */
const MOST_VALUES_SIDE = 3072;

export class TiffRegions {
  readonly pages: readonly TiffPage[];
  readonly #directories: readonly TiffDirectory[];
  readonly #name: string;
  readonly #path: string;
  #bytes: FileBytes | undefined;
  readonly #values: TiffValues;
  /** What the pages make up, where it is one picture. */
  readonly #stack: Stack | null;
  /** The page that is shown where none is named, by the bands that are. */
  readonly #chosen = new Map<string, Promise<TiffPage>>();
  readonly #ranges = new Map<string, string>();
  readonly #judged = new Map<string, Promise<TiffPage>>();

  /**
   * @param name what the file is called in errors
   * @param path what libraries can open
   * @param length bytes of the file
   * @throws ImageError where it has no page
   */
  constructor(name: string, path: string, directories: readonly TiffDirectory[], length: number, limits: DecodeLimits) {
    this.#name = name;
    this.#path = path;
    this.#directories = directories;
    this.pages = pagesOf(directories, length);
    if (this.pages.length === 0) throw new ImageError(name, 'corrupt');
    if (lacksPages(directories, this.pages)) throw announcesMore(name, length);
    this.#values = new TiffValues(name, path, limits);
    this.#stack = stackOf(directories, this.pages);
  }

  /** The numbers of the pages that are shown: small copies are counted, but are no pictures of their own. */
  get numbers(): number[] {
    return shownPages(this.pages).map((page) => this.pages.indexOf(page) + 1);
  }

  /** Whether the pages make up one picture, which is had where no page is named. */
  get isStacked(): boolean {
    return stackedPage(this.#stack, this.pages) !== null;
  }

  /** The page of a number from 1; null: the one that is shown where none is named, as of a file that is decoded whole. */
  async page(number: number | null, rule: PixelRule): Promise<TiffPage> {
    const key = `${rule.bands} ${rule.channels}`;
    let chosen = this.#chosen.get(key);
    if (number === null) chosen ??= remembered(this.#chosen, key, this.#choose(rule));
    const asked = number === null ? await chosen! : pageNumbered(this.pages, number);
    const page = this.#values.parted(this.#values.whole(asked));
    // libvips would divide the colours by what they were never multiplied by
    if (isMultiplied(page) && (await this.#dropsAlpha(page))) page.extra = [];
    return page;
  }

  /** The number of that page; 1 where it is the first that is no small copy. */
  async numberShown(rule: PixelRule): Promise<number> {
    const number = this.pages.indexOf(await this.page(null, rule)) + 1;
    return number <= this.numbers[0]! ? 1 : number;
  }

  async #choose(rule: PixelRule): Promise<TiffPage> {
    const pages = shownPages(this.pages);
    const [first] = pages as readonly [TiffPage, ...TiffPage[]];
    if (pages.length === 1) return first;
    if (this.#stack && this.#stack.channels > 1 && this.isStacked) {
      const { plane, wanted } = await shownOf(this.#values, this.pages, this.#stack, rule);
      return stackedPage(this.#stack, this.pages, plane, wanted) ?? first;
    }
    return await chosenPage(this.#values, this.#path, pages, this.#stack !== null, rule);
  }

  /** Bands of a page, or of the pages that are its channels. */
  async #read(page: TiffPage, bands: readonly number[], window?: Rect, kept?: KeptBlock): Promise<Values[]> {
    if (!page.channels) return await this.#values.read(page, bands, window, kept);
    const read: Values[] = [];
    for (const band of bands) read.push(...(await this.#values.read(page.channels.pages[band]!, [0], window)));
    return read;
  }

  /** The same by the rule: the brightest of all planes where that is asked for. */
  async #readBy(rule: PixelRule, page: TiffPage, bands: readonly number[], window: Rect, kept?: KeptBlock) {
    const most = await this.#read(page, bands, window, kept);
    const form = samplesOf(page, most, false);
    for (const other of this.#planes(page, rule)) keepBrighter(most, await this.#read(other, bands, window), form);
    return most;
  }

  /** The other planes that the rule looks at beside a page. */
  #planes = (page: TiffPage, rule: PixelRule): TiffPage[] =>
    rule.page === 'max' ? planesBeside(page, this.#stack, shownPages(this.pages)) : [];

  /** A window of a page as it is stored. Throws ImageError. */
  async window(page: TiffPage, window: Rect, rule: PixelRule): Promise<Route> {
    const own = { orientation: 1, ...maskOf(this.#values, page, window) };
    const choice: VipsChoice = { ...choiceOf(page), window, ...own };
    if (this.#isPhoto(page, rule) && !greyProfile(page)) {
      const dropAlpha = await this.#dropsAlpha(page);
      const strips = this.#strips(page, window);
      if (!strips) return { by: 'vips', bytes: this.#path, choice: { ...choice, dropAlpha } };
      const within = { ...window, x: window.x - strips.left, y: window.y - strips.top };
      return { by: 'vips', bytes: strips.bytes, choice: { ...own, window: within, dropAlpha } };
    }
    const bands = this.#bands(page, rule);
    const beside = await this.#beside(page, rule);
    const read = await this.#readBy(rule, page, [...bands, ...beside], window);
    const dropAlpha = isPlain16(page) && (await this.#dropsAlpha(page));
    const judged = await this.#judgedPage(page, bands);
    const route = this.#route({ ...judged, ...sizeOf(window) }, read, { ...choice, dropAlpha }, rule, bands);
    if (route.by === 'values' && route.samples.alpha && isClear(route.samples.alpha))
      route.samples.isPart = await isSeen(page, this.#bandAt(page, beside[0]!));
    return route;
  }

  /**
   * The rule by which all windows of a page are shown alike: where the folder has no range for it, with one from the
   * file's own values.
   */
  async ruleFor(page: TiffPage, rule: PixelRule): Promise<PixelRule> {
    if (rule.rule === 'fixed' || rule.rule === 'photo' || this.#isPhoto(page, rule)) return rule;
    const key = `${placeOf(page)} ${rule.percentiles} ${rule.bands} ${rule.page}`;
    let found = this.#ranges.get(key);
    if (found === undefined) this.#ranges.set(key, (found = await this.#ownRange(page, rule)));
    const known = rule.rule === 'folder' ? parseRanges(rule.ranges) : [];
    const own = parseRanges(found).filter(({ kind }) => !known.some((range) => range.kind === kind));
    return { ...rule, rule: 'folder', ranges: formatRanges([...known, ...own]) };
  }

  /** The whole page as it is stored, its longest side at most about `longest`, from the smallest copy that serves. */
  async overview(page: TiffPage, longest: number, rule: PixelRule): Promise<Route> {
    const masked = smallMaskOf(this.#values, this.#directories, page, longest);
    if (this.#isPhoto(page, rule) && !greyProfile(page)) {
      const [copy] = copiesOf(this.#directories, page, longest);
      const dropAlpha = await this.#dropsAlpha(page);
      const choice = { ...choiceOf(copy ? pageOf(copy) : page), orientation: 1, streamed: true, dropAlpha, ...masked };
      return { by: 'vips', bytes: this.#path, choice };
    }
    const bands = this.#bands(page, rule);
    const most = Math.min(longest, MOST_VALUES_SIDE);
    const all = [...bands, ...(await this.#beside(page, rule))];
    const hasPlanes = this.#planes(page, rule).length > 0; // each has copies of its own
    const copy = hasPlanes ? null : copyOf(this.#directories, page, most);
    const dropAlpha = isPlain16(page) && (await this.#dropsAlpha(page));
    const choice: VipsChoice = { ...choiceOf(copy ?? page), orientation: 1, streamed: true, dropAlpha, ...masked };
    const judged = await this.#judgedPage(page, bands);
    if (copy) {
      return this.#route({ ...judged, ...sizeOf(copy) }, await this.#read(copy, all), choice, rule, bands);
    }
    const factor = Math.max(1, Math.ceil(Math.max(page.width, page.height) / most));
    const size = { width: Math.ceil(page.width / factor), height: Math.ceil(page.height / factor) };
    const read = (window: Rect, kept: KeptBlock) => this.#readBy(rule, judged, all, window, kept);
    const means = await shrunk(judged, factor, size, all.length, read);
    return this.#route({ ...judged, ...size }, means, choice, rule, bands);
  }

  /** Lets go of the file, which is opened again where more of it is asked for; what is known of it stays. */
  close(): Promise<void> {
    this.#bytes?.close();
    this.#bytes = undefined;
    return this.#values.close();
  }

  /** The strips that a window lies in; null for a page of tiles, of which libvips reads those alone, too. */
  #strips({ tiled, at }: TiffPage, window: Rect): Strips | null {
    const directory = this.#directories.find((each) => each.at === at);
    if (tiled || !directory) return null;
    this.#bytes ??= new FileBytes(this.#name);
    return stripsOf(this.#bytes, directory, window);
  }

  #isPhoto = (page: TiffPage, rule: PixelRule): boolean =>
    typeof rule.channels === 'number'
      ? bandReading(page) === 'photo'
      : readingOf(page) !== 'values' && rule.bands === '' && this.#planes(page, rule).length === 0;

  #bands = (page: TiffPage, rule: PixelRule): number[] => {
    const converted = typeof rule.channels === 'number' ? null : coloursOf(page);
    if (converted) return colourBands(converted);
    const isShown = page.channels !== undefined && rule.bands === '' && typeof rule.channels !== 'number';
    if (isShown) return [...page.channels!.shown];
    return shownBands(page, rule);
  };

  /** The band of transparency, where it is to be laid on white. */
  async #beside(page: TiffPage, rule: PixelRule): Promise<number[]> {
    const isLeft = typeof rule.channels === 'number' || rule.bands !== '' || this.#planes(page, rule).length > 0;
    const band = isLeft ? null : alphaBand(page);
    return band === null || (await this.#dropsAlpha(page)) ? [] : [band];
  }

  #route(page: TiffPage, read: Values[], choice: VipsChoice, rule: PixelRule, chosen: number[]): Route {
    const converted = typeof rule.channels === 'number' ? null : coloursOf(page);
    if (converted) return { by: 'pixels', pixels: converted.toSrgb(page, read) };
    const [bands, [alpha]] = parted(read, chosen.length);
    const { channels } = page;
    const colours = channels?.colours && chosen.map((channel) => channels.colours![channel]!);
    return {
      by: 'values',
      samples: {
        ...samplesOf(page, bands, channels !== undefined, { count: page.samples, chosen }),
        ...(alpha && clearnessOf(page, alpha)),
        ...(colours && { colours }),
      },
      profile: page.photometric === PHOTOMETRIC.rgb ? page.profile : greyProfile(page),
      photo: isPlain16(page) && rule.bands === '' && !greyProfile(page) ? { bytes: this.#path, choice } : undefined,
    };
  }

  /** Whether the fourth band, though it says so, is no transparency (GDAL calls any such) and is to be dropped. */
  async #dropsAlpha(page: TiffPage): Promise<boolean> {
    if (hasSpot(page)) return true;
    const band = readingOf(page) === 'values' ? alphaBand(page) : null;
    if (band === null && readingOf(page) !== 'photo-with-alpha') return false;
    if (band !== null) return await isNone(page, this.#bandAt(page, band));
    return await isNoneIn(page, (look) => {
      const strips = this.#strips(page, look);
      const options = { ...(strips ? { page: 0 } : choiceOf(page)), pages: 1, limitInputPixels: false };
      const { top, left } = strips ?? { top: 0, left: 0 };
      const place = { left: look.x - left, top: look.y - top, width: look.width, height: look.height };
      return sharp(strips?.bytes ?? this.#path, options).extract(place);
    });
  }

  #bandAt = (page: TiffPage, band: number) => async (look: Rect) => (await this.#read(page, [band], look))[0]!;

  /**
   * The page with the value that stands for "not measured" in all of it, where it names none: of a mosaic the corners are
   * filled, and a tile in which 0 is frequent tells nothing. Looked for in the smallest copy, else in windows from edge to
   * edge, so that whoever opens the file finds the same.
   */
  #judgedPage(page: TiffPage, bands: readonly number[]): Promise<TiffPage> {
    if (page.nodata !== null || coloursOf(page) || isEight(page)) return Promise.resolve(page);
    const key = `${placeOf(page)} ${bands.join()}`;
    return this.#judged.get(key) ?? remembered(this.#judged, key, this.#judge(page, bands));
  }

  async #judge(page: TiffPage, bands: readonly number[]): Promise<TiffPage> {
    const copy = copyOf(this.#directories, page, LOOK);
    const parts: Values[][] = [];
    if (copy && page.shift === 0) parts.push(await this.#read(copy, bands));
    else for (const look of looksOf(page, LOOK / 2, EDGES)) parts.push(await this.#read(page, bands, look));
    const all = bands.map((_, band) => joined(parts.map((part) => part[band]!)));
    return { ...page, nodata: sortedSample({ bands: all, nodata: null }).fill, judged: true };
  }

  async #ownRange(unjudged: TiffPage, rule: PixelRule): Promise<string> {
    const bands = this.#bands(unjudged, rule);
    const page = await this.#judgedPage(unjudged, bands);
    const all = [...bands, ...(await this.#beside(page, rule))];
    const looks: Samples[] = [];
    for (const look of looksOf(page, LOOK, INNER)) {
      const [read, [alpha]] = parted(await this.#readBy(rule, page, all, look), bands.length);
      const samples = samplesOf({ ...page, ...sizeOf(look) }, read, page.channels !== undefined);
      looks.push({ ...samples, ...(alpha && { alpha }) });
    }
    return rangeOf(looks, rule.percentiles);
  }
}
