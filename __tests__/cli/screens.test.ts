import { BottomLines } from "../../lib/cli/bottom-lines";
import { fitRows } from "../../lib/cli/live-board";
import type { WaitRow } from "../../lib/cli/board";

/** An output that shows what steers it: `<` for an escape. */
class Sized {
  private text = "";
  readonly isTTY = true;
  columns: number | undefined = 80;
  rows: number | undefined = 24;
  write = (text: string): void => void (this.text += text);
  take(): string {
    const { text } = this;
    this.text = "";
    return text.replaceAll("\u001b", "<");
  }
}

let output: Sized;
beforeEach(() => (output = new Sized()));

describe("lines at the bottom", () => {
  test("take their room from the region that scrolls, and leave the cursor where it is", () => {
    const lines = new BottomLines(output);
    lines.draw(["one", "two"]);
    expect(output.take()).toBe("<D<D<[2A<7<[1;22r<8" + "<7<[0m<[?7l<[23;1H<[2Kone<[24;1H<[2Ktwo<[?7h<8");
  });

  test("are only written over while their number and the window stay as they are", () => {
    const lines = new BottomLines(output);
    lines.draw(["one"]);
    output.take();
    lines.draw(["two"]);
    expect(output.take()).toBe("<7<[0m<[?7l<[24;1H<[2Ktwo<[?7h<8");
  });

  test("give their room back, line by line and at the end", () => {
    const lines = new BottomLines(output);
    lines.draw(["one", "two"]);
    output.take();
    lines.draw(["two"]);
    expect(output.take()).toBe("<7<[23;1H<[2K<[1;23r<8<7<[0m<[?7l<[24;1H<[2Ktwo<[?7h<8");
    lines.end();
    expect(output.take()).toBe("<7<[24;1H<[2K<[r<8");
    lines.end();
    expect(output.take()).toBe("");
  });

  test("begin anew when the window has another size, wherever the terminal has put them", () => {
    const lines = new BottomLines(output);
    lines.draw(["one"]);
    output.take();
    output.rows = 10;
    lines.draw(["one"]);
    expect(output.take()).toBe(
      "<7<[r<8<[K<7<[1E<[J<8" + "<D<[1A<7<[1;9r<8" + "<7<[0m<[?7l<[10;1H<[2Kone<[?7h<8",
    );
  });

  test("touch a terminal in which nothing waits not at all", () => {
    const lines = new BottomLines(output);
    lines.draw([]);
    lines.end();
    expect(output.take()).toBe("");
  });

  test("leave what stands left of the cursor when they begin anew, and erase nothing from the first place of a screen", () => {
    const lines = new BottomLines(output);
    lines.draw(["one"]);
    output.take();
    output.columns = 40;
    lines.draw(["one"]);
    expect(output.take()).toMatch(/^<7<\[r<8<\[K<7<\[1E<\[J<8/);
  });

  test("never take more than half of the window", () => {
    output.rows = 3;
    const lines = new BottomLines(output);
    lines.draw(["one", "two", "three"]);
    expect(output.take()).toContain("<[1;2r");
  });
});

describe("lines at the bottom that stay", () => {
  test("hide the cursor, and are left standing where it is when they end", () => {
    const lines = new BottomLines(output, true);
    lines.draw(["one", "two"]);
    expect(output.take()).toMatch(/^<\[\?25l/);
    lines.draw(["1", "2"]);
    expect(output.take()).not.toContain("?25");
    lines.end();
    expect(output.take()).toBe("<7<[23;1H<[2K<[24;1H<[2K<[r<8" + "<[?7l\r<[2K1\r\n\r<[2K2\r\n<[?7h<[?25h");
    lines.end();
    expect(output.take()).toBe("");
  });

  test("take all but two lines of the window, since a region has two at the least", () => {
    const lines = new BottomLines(output, true);
    expect([lines.rows, lines.columns]).toEqual([22, 79]);
    output.rows = 2;
    expect(lines.rows).toBe(1);
  });

  test("leave a terminal as it is when nothing was drawn", () => {
    new BottomLines(output, true).end();
    expect(output.take()).toBe("");
  });
});

test("where there is no room for all, waits that go on are shown, and the others counted", () => {
  const rows = ["a", "b", "c", "d"].map(
    (taskId) => ({ taskId, end: taskId === "a" ? {} : undefined }) as WaitRow,
  );
  const ids = (room: number) => {
    const { shown, others } = fitRows(rows, room);
    return [shown.map(({ taskId }) => taskId).join(""), others];
  };
  expect(ids(4)).toEqual(["abcd", 0]);
  expect(ids(3)).toEqual(["bc", 2]);
  expect(ids(1)).toEqual(["", 4]);
  expect(ids(0)).toEqual(["", 4]);
});
