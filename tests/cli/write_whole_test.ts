import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { writeWhole, writeWholeSync } from "../../cli/write_whole.ts";

/** A pipe that does not block: it takes a small part or nothing, of a large one it keeps some and says nothing of that. */
class Pipe {
  readonly taken: number[] = [];
  #count = 0;

  writeSync(bytes: Uint8Array): number {
    if (bytes.length > 4096) this.taken.push(...bytes.subarray(0, 4096));
    if (bytes.length > 4096 || this.#count++ % 2 === 0) {
      throw new Deno.errors.WouldBlock("not now");
    }
    this.taken.push(...bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.try(() => this.writeSync(bytes));
  }
}

const BYTES = Uint8Array.from({ length: 10_000 }, (_, i) => i);

Deno.test("an output that takes nothing at the moment is waited for, and gets all once", async () => {
  const pipe = new Pipe();
  writeWholeSync(pipe, BYTES);
  await writeWhole(pipe, BYTES);
  assertEquals(pipe.taken, [...BYTES, ...BYTES]);
});

Deno.test("one that takes nothing any more is not", async () => {
  const gone = {
    write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")),
    writeSync: () => {
      throw new Deno.errors.BrokenPipe("gone");
    },
  };
  assertThrows(() => writeWholeSync(gone, BYTES), Deno.errors.BrokenPipe);
  await assertRejects(() => writeWhole(gone, BYTES), Deno.errors.BrokenPipe);
});
