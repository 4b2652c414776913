/** A film for a browser's camera: raw pictures (YUV4MPEG2), which it shows over and over. */

/** What is in it. */
export interface FilmOptions {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** By so much points differ from their neighbours at random, of 256: with more, an encoder needs all the bits that it may have. */
  readonly noise: number;
}

const SECONDS = 1;
const GREY = 128;

/** A file that is removed when it is disposed of. */
export async function makeFilm(
  options: FilmOptions,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ suffix: ".y4m" });
  using file = await Deno.open(path, { write: true });
  const writer = file.writable.getWriter();
  for (const piece of piecesOf(options)) await writer.write(piece);
  await writer.close();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** A pattern that moves across, and noise upon it. */
function* piecesOf(
  { width, height, fps, noise }: FilmOptions,
): Iterable<Uint8Array> {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  yield bytesOf(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
  let random = 1;
  for (let frame = 0; frame < fps * SECONDS; frame++) {
    yield bytesOf("FRAME\n");
    const picture = new Uint8Array(width * height * 3 / 2).fill(GREY);
    for (let at = 0; at < width * height; at++) {
      const x = at % width;
      const y = Math.floor(at / width);
      // Numerical Recipes' generator, of which the upper bits are the random ones.
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      picture[at] = ((x + 4 * frame) & 0x7f) + ((y + 2 * frame) & 0x3f) +
        (random >>> 16) * noise / 0x10000;
    }
    yield picture;
  }
}
