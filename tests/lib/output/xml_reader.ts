/** Reads XML strictly enough to find what does not belong there. */

/** An element. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

// XML 1.0 section 2.2.
const NO_CHARACTER = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The root of a document; throws at whatever a strict parser would stop at. */
export function readXml(document: string): XmlElement {
  const bad = NO_CHARACTER.exec(document);
  if (bad !== null) throw new Error(`no XML character at ${bad.index}`);
  const tokens = document.matchAll(/<([^<>]*)>|([^<>]+)/g).toArray();
  if (tokens.map(([whole]) => whole).join("") !== document) {
    throw new Error("a bare < or >");
  }
  type Open = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & {
    children: XmlElement[];
  };
  const stack: Open[] = [
    { name: "", attributes: {}, children: [], text: "" },
  ];
  for (const [, tag, text] of tokens) {
    const parent = stack.at(-1)!;
    if (text !== undefined) parent.text += unescaped(text);
    else if (tag.startsWith("?")) continue;
    else if (tag.startsWith("/")) {
      const closed = stack.pop()!;
      if (closed.name !== tag.slice(1)) {
        throw new Error(`${tag} closes nothing`);
      }
      stack.at(-1)!.children.push(closed);
    } else {
      const [, name, rest, end] = /^(\w[\w-]*)((?:\s+\w+="[^"]*")*)\s*(\/?)$/
        .exec(tag) ?? [];
      if (name === undefined) throw new Error(`no tag: <${tag}>`);
      const attributes = Object.fromEntries(
        rest.matchAll(/(\w+)="([^"]*)"/g).map(([, key, value]) =>
          [key, unescaped(value)] as const
        ),
      );
      const element: Open = { name, attributes, children: [], text: "" };
      if (end === "/") parent.children.push(element);
      else stack.push(element);
    }
  }
  if (stack.length !== 1 || stack[0].children.length !== 1) {
    throw new Error("not one root");
  }
  return stack[0].children[0];
}

function unescaped(text: string): string {
  return text.replaceAll(/&(\w*);?/g, (whole, name) => {
    const known: Readonly<Record<string, string>> = {
      amp: "&",
      lt: "<",
      gt: ">",
      quot: '"',
      apos: "'",
    };
    if (!whole.endsWith(";") || known[name] === undefined) {
      throw new Error(`no entity: ${whole}`);
    }
    return known[name];
  });
}
