/** The page of a run in Debian's Chromium, opened as a file. */

import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { chromium } from "npm:playwright-core@1.65.1";
import { hostileComparison, hostilePage } from "../lib/output/made_up_pages.ts";
import { CHROMIUM, CHROMIUM_ARGS, NO_CHROMIUM } from "./browser.ts";
import { OutDir } from "./program.ts";

Deno.test({
  name:
    "the page of a hostile run asks nobody for anything, complains of nothing, and is sorted, searched, read by key, darkened, narrowed and printed",
  ignore: NO_CHROMIUM,
  fn: async () => {
    using out = new OutDir();
    const file = `${out.path}/page.html`;
    await Deno.writeTextFile(file, await hostilePage());
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: CHROMIUM_ARGS,
    });
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      const said: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(error.message));
      await page.goto(`file://${file}`);
      assertMatch(await page.innerText("h1"), /^FAILED <\/script><img src=x/);

      const firstCell = () =>
        page.innerText("[data-table=rooms] tbody tr:first-child td >> nth=-1");
      await page.click("[data-table=rooms] thead button >> nth=-1");
      const most = await firstCell();
      await page.click("[data-table=rooms] thead button >> nth=-1");
      assertNotEquals(await firstCell(), most);
      await page.fill("[data-filter=rooms]", "ROOM-0");
      assertEquals(
        await page.locator("[data-table=rooms] tbody tr").count(),
        1,
      );

      await page.focus("[data-chart=clients]");
      await page.keyboard.press("End");
      await page.keyboard.press("ArrowLeft");
      assertEquals(await page.innerText("#live"), "0:59: clients 996");
      assertMatch(
        await page.innerText("[data-chart=quality] .u-legend"),
        /0:59/,
      );

      await page.focus("#heat");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("Shift+ArrowRight");
      assertMatch(
        await page.innerText("#heat-cell"),
        /0:20 to 0:21: packets that did not come 25\.(0|2)/,
      );
      await page.click("[data-layer=absent]");
      assertMatch(
        await page.innerText("#heat-cell"),
        /0:20 to 0:21: time that tracks were missing 0 %$/,
      );

      const back = () =>
        page.locator("body").evaluate((body) =>
          // deno-lint-ignore no-explicit-any -- it runs in the page
          (globalThis as any).getComputedStyle(body).backgroundColor
        );
      const light = await back();
      await page.emulateMedia({ colorScheme: "dark" });
      // Chromium draws anew when it gets to it.
      for (let i = 0; i < 100 && await back() === light; i++) {
        await page.waitForTimeout(50);
      }
      assertNotEquals(await back(), light);
      await page.click("#theme");
      assertEquals(await back(), light);

      await page.setViewportSize({ width: 390, height: 800 });
      assertEquals(
        await page.locator("html").evaluate((html) => html.scrollWidth),
        390,
      );
      const pdf = await page.pdf();
      assertEquals(new TextDecoder().decode(pdf.subarray(0, 5)), "%PDF-");
      assertEquals(await page.evaluate("globalThis.hit"), undefined);

      const both = `${out.path}/both.html`;
      await Deno.writeTextFile(both, await hostileComparison());
      await page.goto(`file://${both}`);
      assertMatch(
        await page.innerText("h1"),
        /^CANNOT TELL 1 against 3 cannot tell/,
      );
      await page.focus("[data-chart=quality-0]");
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowRight");
      assertEquals(await page.innerText("#live"), "0:02: A 0 %, B 20.0 %");
      await page.focus("[data-chart=spread-mediaLatency]");
      await page.keyboard.press("End");
      assertEquals(
        await page.innerText("#live"),
        "99.63 %: A –, B 10.0 ms",
      );
      assertEquals(
        await page.locator("html").evaluate((html) => html.scrollWidth),
        390,
      );
      assertEquals((await page.pdf()).length > 1000, true);
      assertEquals(await page.evaluate("globalThis.hit"), undefined);
      assertEquals(said, []);
      assertEquals(asked, [`file://${file}`, `file://${both}`]);
    } finally {
      await browser.close();
    }
  },
});
