package figures

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// String is the line in words.
func (l *Line) String() string {
	return strings.Join(strings.Fields(strings.Join(l.cells(), " ")), " ")
}

// columns of the table. Numbers stand at the right of theirs.
var (
	heads  = []string{"figure", "value", "unit", "ratio", "against", "goal", ""}
	number = []bool{false, true, false, true, false, false, false}
)

func (l *Line) cells() []string {
	ratio, met := "", ""
	if l.Ratio != nil {
		ratio = fmt.Sprintf("%.2f×", *l.Ratio)
	}
	if l.Met != nil {
		met = map[bool]string{true: "met", false: "MISSED"}[*l.Met]
	}
	return []string{l.Name, format(l.Value), l.Unit, ratio, l.Against, l.Goal, met}
}

// Print writes the lines as a table.
func Print(w io.Writer, lines []Line) error {
	rows := [][]string{heads}
	for _, l := range lines {
		rows = append(rows, l.cells())
	}
	width := make([]int, len(heads))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if number[i] {
				cell = gap + cell
			} else {
				cell += gap
			}
			b.WriteString(cell + "  ")
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// format gives a number four significant digits, or, from 1000 on, groups of three.
func format(v float64) string {
	if math.Abs(v) < 1000 {
		return fmt.Sprintf("%.4g", v)
	}
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > strings.Count(s[:1], "-"); i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
