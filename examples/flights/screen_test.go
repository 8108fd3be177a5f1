package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 336776: "336,776", 1234567: "1,234,567", -999: "-999", -1000: "-1,000",
	} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		done, total int
		elapsed     time.Duration
		want        string
	}{
		{0, 200, 0, "x         ░░░░░░░░   0%         0 rows          0 rows/s   0.0 s"},
		{50, 200, time.Second, "x         ██░░░░░░  25%        50 rows         50 rows/s   1.0 s"},
		{200, 200, 2 * time.Second, "x         ████████ 100%       200 rows        100 rows/s   2.0 s"},
		{300, 200, time.Second, "x         ████████ 100%       300 rows        300 rows/s   1.0 s"},
		{0, 0, time.Second, "x         ████████ 100%         0 rows          0 rows/s   1.0 s"},
	} {
		got := progressLine("x", c.done, c.total, c.elapsed, 64)
		if got != c.want {
			t.Errorf("%d of %d:\n got %q\nwant %q", c.done, c.total, got, c.want)
		}
	}
}

func TestProgressLineFitsItsWidth(t *testing.T) {
	for _, width := range []int{60, 80, 132} {
		line := progressLine("flights", 336776, 336776, 100*time.Millisecond, width)
		if got := utf8.RuneCountInString(line); got != width {
			t.Errorf("width %d: %d columns: %q", width, got, line)
		}
	}
}

func TestProgressWithoutATerminalPrintsFewLines(t *testing.T) {
	var text bytes.Buffer
	p := (&screen{Writer: &text, width: 80}).progress("flights", 1000)
	for i := range 1000 {
		if i == 250 || i == 500 {
			p.drawn = p.drawn.Add(-6 * time.Second) // as if so much time had passed
		}
		p.add(1)
	}
	p.end()
	var shares []string
	for line := range strings.Lines(text.String()) {
		percent, _, _ := strings.Cut(line, "%")
		shares = append(shares, percent[len(percent)-3:])
	}
	if got, want := strings.Join(shares, " "), " 25  50 100"; got != want {
		t.Errorf("got the lines %q, want %q", got, want)
	}
	if strings.ContainsAny(text.String(), "\r\x1b") {
		t.Errorf("control characters in %q", text.String())
	}
}

func TestProgressOnATerminalIsOneLine(t *testing.T) {
	var text bytes.Buffer
	p := (&screen{Writer: &text, width: 80, terminal: true}).progress("flights", 1000)
	for range 1000 {
		p.add(1)
	}
	p.end()
	if got := strings.Count(text.String(), "\n"); got != 1 || !strings.HasSuffix(text.String(), "\n") {
		t.Errorf("%d newlines, want one, at the end: %q", got, text.String())
	}
	last := text.String()[strings.LastIndex(text.String(), "\r"):]
	if !strings.Contains(last, "100%") {
		t.Errorf("the last state is %q, want 100%%", last)
	}
}

func TestBarChart(t *testing.T) {
	got := barChart([]bar{{"05:00", 0.7}, {"9", 10}, {"x", 5}, {"up", -3}}, 24)
	want := []barLine{
		{"05:00 ", "▊", " 0.7"},
		{"    9 ", "██████████", " 10.0"},
		{"    x ", "█████", " 5.0"},
		{"   up ", "", " -3.0"},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("bar %d: got %q, want %q", i, got[i], want[i])
		}
	}
	for _, bars := range [][]bar{nil, {{"a", 0}}, {{"a", -1}}} {
		for _, line := range barChart(bars, 24) {
			if line.blocks != "" {
				t.Errorf("%v: has the bar %q, want none", bars, line.blocks)
			}
		}
	}
}

func TestBlocksOfEighths(t *testing.T) {
	for length, want := range map[float64]string{
		0: "", 0.05: "", 0.125: "▏", 0.5: "▌", 0.94: "█", 0.875: "▉", 1: "█", 2.25: "██▎",
	} {
		if got := blocks(length); got != want {
			t.Errorf("blocks(%v) = %q, want %q", length, got, want)
		}
	}
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "NULL"},
		{int64(336776), "336,776"},
		{12.345, "12.3"},
		{true, "true"},
		{"text", "text"},
		{[]byte("bytes"), "bytes"},
		{time.Date(2013, 3, 8, 0, 0, 0, 0, time.UTC), "2013-03-08"},
		{time.Date(2013, 3, 8, 5, 17, 0, 0, time.UTC), "2013-03-08 05:17:00"},
	} {
		if got := show(c.value); got != c.want {
			t.Errorf("show(%v) = %q, want %q", c.value, got, c.want)
		}
	}
}

func TestPrintGrid(t *testing.T) {
	var text bytes.Buffer
	printGrid(&screen{Writer: &text, width: 80}, [][]string{
		{"carrier", "n"}, {"Zoë Air", "1,234"}, {"B", "7"},
	}, []bool{false, true})
	want := "  carrier       n\n  Zoë Air   1,234\n  B             7\n"
	if got := text.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestColoursAreForTerminalsOnly(t *testing.T) {
	for _, c := range []struct {
		out  screen
		want string
	}{
		{screen{}, "x"},
		{screen{terminal: true}, "x"}, // NO_COLOR
		{screen{terminal: true, colour: true}, "\x1b[1mx\x1b[0m"},
	} {
		if got := c.out.style(bold, "x"); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.out, got, c.want)
		}
	}
}

func TestNewScreenOfAFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for columns, want := range map[string]int{"": 80, "132": 132, "7": 60, "many": 80, "-1": 80} {
		t.Setenv("COLUMNS", columns)
		s := newScreen(f)
		if s.width != want || s.terminal || s.colour {
			t.Errorf("COLUMNS=%q: width %d, terminal %v, colour %v; want %d, false, false", columns, s.width, s.terminal, s.colour, want)
		}
	}
}
