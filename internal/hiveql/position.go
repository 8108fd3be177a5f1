package hiveql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Position returns the line and the column of a byte offset of src. Both count
// from 1, lines by '\n' as Hive counts them and columns in runes (the column
// in Hive's own "line:column" messages counts from 0). An offset out of range
// means the nearest end.
func Position(src string, offset int) (line, column int) {
	before := src[:max(0, min(offset, len(src)))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// caretWidth is the most columns that Caret shows of a line.
const caretWidth = 100

// Caret shows a place of src for people: the line and, under it, a caret at the
// column, both as [Position] counts them and moved into the text if they lie
// outside it. Of a long line only the part around the caret is shown. A tab, or
// any control character, prints as one blank, so the caret stands right in every
// terminal.
func Caret(src string, line, column int) string {
	text := []rune(strings.Map(printable, lineOf(src, line)))
	at := max(0, min(column-1, len(text)))
	if len(text) > caretWidth {
		text, at = window(text, at)
	}
	return string(text) + "\n" + strings.Repeat(" ", at) + "^"
}

// lineOf returns a line of src without its end.
func lineOf(src string, line int) string {
	for ; line > 1; line-- {
		_, rest, more := strings.Cut(src, "\n")
		if !more {
			break
		}
		src = rest
	}
	text, _, _ := strings.Cut(src, "\n")
	return strings.TrimSuffix(text, "\r")
}

// window cuts a long line to caretWidth columns with index at in the middle of
// them, as far as the line's ends allow. An ellipsis stands for what is cut.
func window(text []rune, at int) ([]rune, int) {
	start := max(0, min(at-caretWidth/2, len(text)-caretWidth))
	cut := append([]rune(nil), text[start:start+caretWidth]...)
	if start > 0 {
		cut[0] = '…'
	}
	if start+caretWidth < len(text) {
		cut[caretWidth-1] = '…'
	}
	return cut, at - start
}

func printable(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}
