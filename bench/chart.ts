import * as echarts from "echarts";
import type { Group } from "./cells";

const WIDTH = 960;
const HEIGHT = 600;
/** Ends of the axis of calls. */
const CALLS = [10, 600] as const;
/** Dots whose calls and whose lags differ by less than this factor share one label. */
const SAME_PLACE = 1.12;
/** A label is written to the left when another dot, at the same height, is nearer than this factor on the right. */
const LABEL_WIDTH = 1.6;
const OURS = "cdktf-bdrc-task, by kind of progress";
const REAL = "peer, its own code";
const REPLAYED = "peer, schedule replayed";
const FIXED = "best without information: a fixed gap";

interface Dot {
  readonly name: string;
  readonly value: readonly [calls: number, lag: number];
}

/** Draws calls against mean lag of one group, log-log, one dot for each peer that saw the end, as SVG. */
export function drawChart(group: Group): string {
  const dot = (name: string, score: { calls: number; lag: number }): Dot => ({
    name,
    value: [score.calls, score.lag],
  });
  const seen = group.peers.filter((row) => row.score.gaveUp === 0);
  const peers = (origin: string) =>
    seen.filter((row) => row.peer.origin === origin).map((row) => dot(row.peer.name, row.score));
  const ours = group.ours.filter((row) => !row.shape.extra).map((row) => dot(row.shape.name, row.score));
  // calls × lag = D/2, from the left edge of the picture to the right one; seconds.
  const product = group.duration.nominal / 2000;
  const fixed = CALLS.map((calls) => [calls, product / calls]);

  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: "Helvetica, Arial, sans-serif" },
    title: {
      text: `Waiting for a task of ${group.duration.name}: API calls against lag`,
      subtext: "Down and left is better. Virtual clock, both axes logarithmic.",
      left: "center",
    },
    legend: { bottom: 8, selectedMode: false, itemGap: 40, data: [OURS, REAL, REPLAYED, FIXED] },
    grid: { left: 70, right: 40, top: 70, bottom: 90 },
    xAxis: axis("calls per wait", ...CALLS),
    yAxis: axis("mean lag, seconds", 0.3, 100),
    series: [
      scatter(OURS, ours, "#c23531", "diamond", 15, "bottom"),
      scatter(REAL, peers("real code"), "#2f4554", "circle", 11, "top"),
      scatter(REPLAYED, peers("replayed"), "#7a8a97", "circle", 11, "top"),
      {
        name: FIXED,
        type: "line",
        data: fixed,
        symbol: "none",
        silent: true,
        lineStyle: { color: "#bbbbbb", type: "dashed", width: 1 },
        itemStyle: { color: "#bbbbbb" },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function axis(
  name: string,
  min: number,
  max: number,
): echarts.XAXisComponentOption & echarts.YAXisComponentOption {
  return {
    type: "log",
    name,
    min,
    max,
    nameLocation: "middle",
    nameGap: 34,
    splitLine: { lineStyle: { color: "#eeeeee" } },
  };
}

function scatter(
  name: string,
  dots: readonly Dot[],
  color: string,
  symbol: string,
  symbolSize: number,
  position: "top" | "bottom",
): echarts.ScatterSeriesOption {
  return {
    name,
    type: "scatter",
    silent: true,
    data: dots.map((dot) => ({
      name: labelOf(dot, dots),
      value: [...dot.value],
      label: isCrowded(dot, dots) ? { position: "left", align: "right" } : {},
    })),
    symbol,
    symbolSize,
    itemStyle: { color },
    label: {
      show: true,
      formatter: "{b}",
      position,
      align: "left",
      distance: 8,
      color,
      fontSize: 12,
      lineHeight: 15,
    },
  };
}

/** The names of all dots at this place for the first of them, and nothing for the others. */
function labelOf(dot: Dot, dots: readonly Dot[]): string {
  const near = (one: number, other: number): boolean =>
    Math.max(one, other) / Math.min(one, other) < SAME_PLACE;
  const here = dots.filter(({ value }) => near(value[0], dot.value[0]) && near(value[1], dot.value[1]));
  return here[0] === dot ? here.map(({ name }) => name).join("\n") : "";
}

function isCrowded(dot: Dot, dots: readonly Dot[]): boolean {
  return dots.some(({ value: [calls, lag] }) => {
    const right = calls / dot.value[0];
    return right >= SAME_PLACE && right < LABEL_WIDTH && near(lag, dot.value[1]);
  });
}

function near(one: number, other: number): boolean {
  return Math.max(one, other) / Math.min(one, other) < SAME_PLACE;
}
