package gen

import (
	"fmt"
	"strings"
)

// most is how many lines times lines are compared; beyond that all that differs is shown as one piece.
const most = 4_000_000

// Diff shows how a text differs from an older one, line by line: with the number of the line in the old text or, for a
// line that is new, in the new one. It is "" if they are equal.
func Diff(old, now string) string {
	if old == now {
		return ""
	}
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	skip := 0
	for skip < min(len(a), len(b)) && a[skip] == b[skip] {
		skip++
	}
	end := 0
	for end < min(len(a), len(b))-skip && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	a, b = a[skip:len(a)-end], b[skip:len(b)-end]
	var text strings.Builder
	line := func(sign string, number int, s string) { fmt.Fprintf(&text, "%s%5d  %s\n", sign, number+skip+1, s) }
	common := commonLines(a, b)
	i, j := 0, 0
	for _, pair := range append(common, [2]int{len(a), len(b)}) {
		for ; i < pair[0]; i++ {
			line("-", i, a[i])
		}
		for ; j < pair[1]; j++ {
			line("+", j, b[j])
		}
		i, j = i+1, j+1
	}
	return text.String()
}

// commonLines are the places of lines that two texts share, as many as can be in order.
func commonLines(a, b []string) [][2]int {
	if len(a)*len(b) > most {
		return nil
	}
	longest := make([][]int32, len(a)+1) // of what begins at i and j
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var common [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common = append(common, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return common
}
