package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// screen is where the demo prints. Only a terminal gets colours and a line that is drawn again and again; a file, a pipe
// or a CI log gets plain lines.
type screen struct {
	io.Writer
	width    int  // in columns
	terminal bool // "\r" goes back to the line's beginning
	colour   bool
}

// newScreen finds out what f can do: NO_COLOR (no-color.org) and COLUMNS are obeyed.
func newScreen(f *os.File) *screen {
	s := &screen{Writer: f, width: 80}
	if info, err := f.Stat(); err == nil {
		s.terminal = info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	}
	s.colour = s.terminal && os.Getenv("NO_COLOR") == ""
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.width = max(n, 60)
	}
	return s
}

// The codes of the few styles in use (ECMA-48, Select Graphic Rendition).
const (
	bold  = "1"
	faint = "2"
	amber = "33"
)

func (s *screen) style(code, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// section begins a part of the tour.
func (s *screen) section(title string) {
	fmt.Fprintf(s, "\n%s\n%s\n", s.style(bold, title), s.style(faint, strings.Repeat("─", s.width)))
}

// pad fills text up with blanks to a width in characters, to its left if right is set, so that it stands at the right.
func pad(text string, width int, right bool) string {
	blanks := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
	if right {
		return blanks + text
	}
	return text + blanks
}

// thousands writes 336776 as 336,776.
func thousands[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
