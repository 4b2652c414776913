// The page's own script: charts, long tables, colours. It reads its data from
// an element that is not executed, and puts texts in by textContent alone.
"use strict";
(() => {
  const { uPlot } = globalThis;
  const { series, heat, tables, incidents } = JSON.parse(
    document.getElementById("data").textContent,
  );
  const root = document.documentElement;
  const live = document.getElementById("live");
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

  const scaled = (value, units, base = 1000) => {
    let power = 0;
    while (value >= base * 0.99995 && power < units.length - 1) {
      value /= base;
      power++;
    }
    return `${value.toFixed(power === 0 || value >= 99.95 ? 0 : 1)} ${
      units[power]
    }`;
  };
  const percent = (ratio) => {
    const value = ratio * 100;
    if (value === 0 || value === 100) return `${value} %`;
    if (value < 0.01) return "< 0.01 %";
    return `${value < 9.995 ? value.toFixed(2) : value.toFixed(1)} %`;
  };
  const shows = {
    text: (value) => value,
    count: (value) => Math.round(value).toLocaleString("en-US"),
    bps: (value) => scaled(value, ["bps", "kbps", "Mbps", "Gbps"]),
    bytes: (value) => scaled(value, ["B", "kB", "MB", "GB"]),
    ratio: percent,
    cores: (value) => `${Math.round(value * 100)} %`,
    fps: (value) => value.toFixed(1),
    ms: (value) =>
      value >= 10000
        ? `${(value / 1000).toFixed(1)} s`
        : `${value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)} ms`,
  };
  const shown = (show, value) =>
    value === null || value === undefined ? "–" : shows[show](value);
  const short = {
    ...shows,
    bps: (value) => shows.bps(value).replace(".0 ", " "),
    bytes: (value) => shows.bytes(value).replace(".0 ", " "),
    ratio: (value) => `${Number((value * 100).toPrecision(3))} %`,
    ms: (value) =>
      value >= 1000
        ? `${Number((value / 1000).toPrecision(3))} s`
        : `${Number(value.toPrecision(3))} ms`,
    fps: (value) => `${Number(value.toPrecision(3))}`,
    count: (value) =>
      value >= 10000 ? scaled(value, ["", "k", "M"]) : `${value}`,
  };
  const clock = (sec) => {
    const whole = Math.round(sec);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  // Colours: those of the system, unless the button has been used.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  let chosen = null;
  let printing = false;
  const applyTheme = () => {
    const theme = printing
      ? "light"
      : chosen ?? (dark.matches ? "dark" : "light");
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
    draw();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    applyTheme();
  });
  dark.addEventListener("change", applyTheme);

  // Charts.
  let plots = [];
  let zoom = null;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const HEIGHT = 200;

  function shade(u) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.fillStyle = colour("--shade");
    for (const [from, until] of incidents) {
      const left = Math.max(bbox.left, u.valToPos(from, "x", true));
      const right = Math.min(
        bbox.left + bbox.width,
        until === null ? Infinity : u.valToPos(until, "x", true),
      );
      if (right > left) {
        ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
      }
    }
    ctx.restore();
  }

  /** Shares are drawn by their nines: as far from 90 to 99 as from 0 to 90 %. */
  const nines = {
    splits: (_, __, ___, max) =>
      [0, Math.log10(2), 1, 2, 3, 4, 5].filter((at) => at <= max + 0.001),
    text: (value) =>
      value === 0
        ? ""
        : value < 1
        ? "50 %"
        : `${(100 * (1 - 10 ** -value)).toFixed(Math.max(0, value - 2))} %`,
  };
  const powers = (_, __, min, max) => {
    const from = Math.floor(Math.log10(min));
    const to = Math.ceil(Math.log10(max));
    return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  };
  /** A value without neighbours would be no line. */
  const isLone = (values) =>
    values.some((value, i) =>
      value !== null && (values[i - 1] ?? values[i + 1] ?? null) === null
    );
  const share = (value) =>
    `${
      (100 * (1 - 10 ** -value)).toFixed(Math.max(1, Math.ceil(value) - 1))
    } %`;
  const xOf = ({ shares }) => shares ?? series.tSec;
  const colourOf = ({ colour }, i) => colour ?? i;

  function filled(css) {
    return css.length === 7 ? `${css}26` : css;
  }

  function optionsOf(chart, width) {
    const isTime = chart.shares === undefined;
    const axis = {
      stroke: colour("--dim"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
      font: "12px system-ui, sans-serif",
    };
    return {
      width,
      height: HEIGHT,
      cursor: {
        ...(isTime && { sync: { key: "run", setSeries: false } }),
        drag: { x: isTime, y: false },
      },
      scales: {
        x: { time: false },
        y: isTime
          ? {
            range: (_, min, max) => [
              chart.show === "bytes" ? Math.max(0, min - (max - min) / 5) : 0,
              max > 0 ? max * 1.08 : chart.show === "ratio" ? 0.01 : 1,
            ],
          }
          : {
            distr: 3,
            range: (_, min, max) => uPlot.rangeLog(min, max, 10, true),
          },
      },
      bands: (chart.bands ?? []).map(([from, to, i]) => ({
        series: [from + 1, to + 1],
        fill: filled(colour(`--c${i}`)),
      })),
      axes: [
        isTime
          ? { ...axis, values: (_, ticks) => ticks.map(clock), space: 60 }
          : {
            ...axis,
            splits: nines.splits,
            values: (_, ticks) => ticks.map(nines.text),
          },
        {
          ...axis,
          size: 76,
          space: 36,
          ...(!isTime && { splits: powers }),
          values: (_, ticks) =>
            ticks.map((one) => one === null ? "" : short[chart.show](one)),
        },
      ],
      series: [
        isTime
          ? {
            label: "time",
            value: (_, sec) =>
              sec === null || sec === undefined ? "–" : clock(sec),
          }
          : {
            label: "share",
            value: (_, value) =>
              value === null || value === undefined ? "–" : share(value),
          },
        ...chart.series.map((one, i) => ({
          label: one.name,
          class: one.isEdge ? "edge" : "line",
          stroke: one.isEdge ? "transparent" : colour(`--c${colourOf(one, i)}`),
          dash: dashes[colourOf(one, i)],
          width: one.isEdge ? 0 : 1.8,
          points: { show: !one.isEdge && isLone(one.values), size: 4 },
          value: (_, value) => shown(chart.show, value),
        })),
      ],
      hooks: {
        drawClear: isTime ? [shade] : [],
        setScale: [(u, key) => {
          if (key !== "x" || zoom !== null || !isTime) return;
          zoom = u;
          const { min, max } = u.scales.x;
          for (const { plot, chart } of plots) {
            if (plot === u || chart.shares) continue;
            plot.setScale("x", { min, max });
          }
          zoom = null;
        }],
      },
    };
  }

  function draw() {
    for (const { plot } of plots) plot.destroy();
    plots = [];
    const made = series.charts.map((chart) => {
      const place = document.querySelector(`[data-chart="${chart.id}"]`);
      const data = [xOf(chart), ...chart.series.map(({ values }) => values)];
      const width = Math.max(200, printing ? 480 : place.clientWidth);
      return {
        chart,
        place,
        plot: new uPlot(optionsOf(chart, width), data, place),
      };
    });
    plots = made;
    paint();
  }

  function moveCursor(chart, index) {
    const x = xOf(chart);
    const at = Math.max(0, Math.min(x.length - 1, index));
    const isTime = chart.shares === undefined;
    for (const { plot, chart: other } of plots) {
      if (isTime ? other.shares : other !== chart) continue;
      plot.setCursor({ left: plot.valToPos(x[at], "x"), top: 10 });
    }
    return at;
  }

  /** Where the cursor is: on the time of the run, and on each chart of shares. */
  const cursors = new Map();
  for (const place of document.querySelectorAll(".chart")) {
    place.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 10 : 1;
      const { chart } = plots.find((one) => one.place === place);
      const axis = chart.shares ?? series.tSec;
      const cursor = cursors.get(axis) ?? 0;
      const to = {
        ArrowLeft: cursor - step,
        ArrowRight: cursor + step,
        Home: 0,
        End: axis.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const at = moveCursor(chart, to);
      cursors.set(axis, at);
      const where = chart.shares ? share(axis[at]) : clock(axis[at]);
      live.textContent = `${where}: ${
        chart.series.filter(({ isEdge }) => !isEdge).map(({ name, values }) =>
          `${name} ${shown(chart.show, values[at])}`
        ).join(", ")
      }`;
    });
  }

  // Every client, all the time.
  const canvas = document.getElementById("heat");
  const said = document.getElementById("heat-cell");
  const WORST = 254;
  let layer = heat?.layers[0];
  let cell = { row: 0, column: 0 };

  /** From the card's colour to the darkest; small shares are seen, too. */
  function paint() {
    if (!canvas) return;
    const { columns, rows } = heat;
    canvas.width = columns;
    canvas.height = rows.length;
    canvas.style.height = `${Math.max(60, Math.min(640, rows.length * 12))}px`;
    const cells = atob(layer.cells);
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows.length);
    const good = rgb("--heat-0");
    const bad = rgb("--heat-1");
    for (let i = 0; i < cells.length; i++) {
      const byte = cells.charCodeAt(i);
      if (byte > WORST) continue;
      const share = byte === 0 ? 0 : 0.12 + 0.88 * Math.sqrt(byte / WORST);
      for (let part = 0; part < 3; part++) {
        image.data[i * 4 + part] = good[part] +
          (bad[part] - good[part]) * share;
      }
      image.data[i * 4 + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  function rgb(name) {
    const digits = colour(name).slice(1);
    return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
  }

  function tellCell(row, column) {
    const { columns, rows, columnSec } = heat;
    cell = {
      row: Math.max(0, Math.min(rows.length - 1, row)),
      column: Math.max(0, Math.min(columns - 1, column)),
    };
    const [client, room] = rows[cell.row];
    const byte = atob(layer.cells).charCodeAt(
      cell.row * columns + cell.column,
    );
    const from = cell.column * columnSec;
    said.textContent = `${client} in ${room}, ${clock(from)} to ${
      clock(from + columnSec)
    }: ${
      byte > WORST
        ? "nothing was due"
        : `${layer.title} ${percent(byte / WORST)}`
    }`;
  }

  if (canvas) {
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      tellCell(
        Math.floor((event.clientY - box.top) / box.height * canvas.height),
        Math.floor((event.clientX - box.left) / box.width * canvas.width),
      );
    });
    canvas.addEventListener("keydown", (event) => {
      const far = event.shiftKey ? 10 : 1;
      const [down, right] = {
        ArrowUp: [-far, 0],
        ArrowDown: [far, 0],
        ArrowLeft: [0, -far],
        ArrowRight: [0, far],
      }[event.key] ?? [];
      if (down === undefined) return;
      event.preventDefault();
      tellCell(cell.row + down, cell.column + right);
    });
    for (const button of document.querySelectorAll("[data-layer]")) {
      button.addEventListener("click", () => {
        layer = heat.layers.find(({ id }) => id === button.dataset.layer);
        for (const other of document.querySelectorAll("[data-layer]")) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        paint();
        tellCell(cell.row, cell.column);
      });
    }
  }

  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width || printing) return;
    width = innerWidth;
    for (const { plot, place } of plots) {
      plot.setSize({ width: Math.max(200, place.clientWidth), height: HEIGHT });
    }
  });

  // Tables.
  const STEP = 100;
  const PRINTED = 50;
  const redraws = [];

  function makeTable({ id, columns, rows }) {
    const table = document.querySelector(`[data-table="${id}"]`);
    const more = document.querySelector(`[data-more="${id}"]`);
    const count = document.querySelector(`[data-count="${id}"]`);
    const filter = document.querySelector(`[data-filter="${id}"]`);
    let sorted = null;
    let most = STEP;
    const head = table.createTHead().insertRow();
    const body = table.createTBody();
    const isText = ([, show]) => show === "text";
    columns.forEach((column, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (!isText(column)) cell.className = "number";
      const sort = document.createElement("button");
      sort.type = "button";
      sort.textContent = column[0];
      // Numbers the largest first: that is what is looked for.
      sort.addEventListener("click", () => {
        const first = isText(column) ? 1 : -1;
        sorted = sorted?.column === i
          ? { column: i, sign: -sorted.sign }
          : { column: i, sign: first };
        show();
      });
      cell.append(sort);
      head.append(cell);
    });
    const compare = (a, b) => {
      const [x, y] = [a[sorted.column], b[sorted.column]];
      if (x === null || y === null) return (x === null) - (y === null);
      return sorted.sign *
        (typeof x === "string"
          ? x.localeCompare(y, "en", { numeric: true })
          : x - y);
    };
    function show() {
      const words = filter.value.trim().toLowerCase();
      const found = words === ""
        ? rows
        : rows.filter((row) =>
          row.some((cell) =>
            typeof cell === "string" && cell.toLowerCase().includes(words)
          )
        );
      const all = sorted === null ? found : found.toSorted(compare);
      const some = all.slice(0, printing ? PRINTED : most);
      body.replaceChildren(...some.map((row) => {
        const line = document.createElement("tr");
        row.forEach((value, i) => {
          const cell = document.createElement(i === 0 ? "th" : "td");
          if (i === 0) cell.scope = "row";
          if (!isText(columns[i])) cell.className = "number";
          cell.textContent = shown(columns[i][1], value);
          line.append(cell);
        });
        return line;
      }));
      [...head.cells].forEach((cell, i) => {
        if (sorted?.column !== i) cell.removeAttribute("aria-sort");
        else {
          cell.setAttribute(
            "aria-sort",
            sorted.sign > 0 ? "ascending" : "descending",
          );
        }
      });
      count.textContent = some.length < all.length
        ? `${some.length} of ${shows.count(all.length)} shown${
          sorted === null ? ", the worst first" : ""
        }`
        : words === ""
        ? ""
        : `${all.length} found`;
      more.hidden = some.length === all.length;
    }
    filter.addEventListener("input", () => {
      most = STEP;
      show();
    });
    more.addEventListener("click", () => {
      most += STEP;
      show();
    });
    show();
    redraws.push(show);
  }
  tables.forEach(makeTable);

  // Paper is white, and short.
  const print = (is) => () => {
    printing = is;
    applyTheme();
    for (const redraw of redraws) redraw();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  applyTheme();
})();
