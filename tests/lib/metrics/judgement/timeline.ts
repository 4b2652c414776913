/** A character a second: tenths of the tracks that are silent, `-` where none are due. */
export function timeline(text: string) {
  return [...text].map((one, i) => ({
    tSec: i + 1,
    tracksDue: one === "-" ? 0 : 10,
    silentRatio: one === "-" ? 0 : Number(one) / 10,
  }));
}
