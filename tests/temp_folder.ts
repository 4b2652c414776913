/** A folder that goes away with its files. */
export class TempFolder implements Disposable {
  readonly path = Deno.makeTempDirSync();

  /** What is in it. */
  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
