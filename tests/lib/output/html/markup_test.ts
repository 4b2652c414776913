/** HTML by templates against what HTML makes of characters. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
import { code, html, jsonData } from "../../../../lib/output/html/markup.ts";
import { markupOf } from "./read.ts";

Deno.test.each([
  { text: "a < b", is: "a &lt; b", why: "a tag begins so" },
  { text: "a > b", is: "a &gt; b", why: "and ends so" },
  { text: "&lt;", is: "&amp;lt;", why: "what looks escaped is text, too" },
  { text: `"'`, is: "&quot;&#39;", why: "an attribute ends so" },
  { text: "a\nb\tc", is: "a b c", why: "a text is one line" },
  { text: "a\u202eb\u200bc", is: "abc", why: "nothing turns or hides text" },
  { text: "a\0b", is: "a␀b", why: "HTML has no such character" },
  { text: "a\ud800b", is: "a\ufffdb", why: "half a pair is no character" },
  { text: "\ud83d\ude00", is: "\ud83d\ude00", why: "a whole pair is one" },
  {
    text: "wss://me:secret@h/ws?token=abc",
    is: "wss://h/ws?token=***",
    why: "no secret of a URL gets onto a page",
  },
  { text: "", is: "", why: "nothing is nothing" },
])("$text in a template becomes $is: $why", ({ text, is }) => {
  assertEquals(markupOf(text), is);
  assertEquals(html`<b title="${text}"></b>`.text, `<b title="${is}"></b>`);
});

Deno.test("markup, numbers and lists stand in a template as they are, lists in their order", () => {
  const inner = html`<i>${"&"}</i>`;
  assertEquals(
    html`<p>${[inner, 1.5, ["<", [inner]], []]}</p>`.text,
    "<p><i>&amp;</i>1.5&lt;<i>&amp;</i></p>",
  );
});

Deno.test("a sign of a regular expression or of a template in a text is only that", () => {
  assertEquals(
    html`<p>${"$& $1 \\n \${x} `"}</p>`.text,
    "<p>$&amp; $1 \\n ${x} `</p>",
  );
});

Deno.test("whatever a text is, it opens no tag, ends no attribute, and begins no entity of its own", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const written = markupOf(text);
    assert(!/[<>"']/.test(written), written);
    assert(!/&(?!(?:amp|lt|gt|quot|#39);)/.test(written), written);
    assert(written.isWellFormed());
  }));
});

Deno.test("data is read back as it was, and nothing in it ends the script that it is in", () => {
  fc.assert(fc.property(
    fc.array(
      fc.oneof(
        fc.string({ unit: fc.constantFrom(..."</script>!-[]{}\"'\\ab") }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
    ),
    (value) => {
      const { text } = jsonData({ value });
      assert(!text.includes("<"), text);
      // JSON knows no -0.
      assertEquals(
        JSON.parse(text),
        { value: value.map((one) => one === 0 ? 0 : one) },
      );
    },
  ));
});

Deno.test.each([
  { value: "a\nb", is: "a b", why: "a text is one line" },
  { value: "ws://u:p@h/?k=v", is: "ws://h/?k=***", why: "without secrets" },
  { value: [{ a: "\u202ex" }], is: [{ a: "x" }], why: "however deep it lies" },
  { value: NaN, is: null, why: "what is no number is not known" },
  { value: Infinity, is: null, why: "and what is without an end neither" },
])("data for the page's script is made safe: $why", ({ value, is }) => {
  assertEquals(JSON.parse(jsonData(value).text), is);
});

Deno.test.each([
  { text: "a </script> b", why: "ends a script" },
  { text: "a </STYLE x", why: "ends a style, in capitals" },
])("code that $why is refused", ({ text }) => {
  assertThrows(() => code(text), Error, "would end its element");
});

Deno.test("code stands as it is, signs of markup and all", () => {
  const text = `if (a < b && c > "</div>") {}\n`;
  assertEquals(
    html`<script>${code(text)}</script>`.text,
    `<script>${text}</script>`,
  );
});
