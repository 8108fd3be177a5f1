package lint

import (
	"regexp"
	"strings"
	"testing"
)

const maxLines = 500

// TestFileLength: who opens a file wants to see what it is about. A longer one holds more than one thing.
func TestFileLength(t *testing.T) {
	eachFile(t, ".go", func(name, text string) {
		if n := strings.Count(text, "\n"); n > maxLines {
			t.Errorf("%s has %d lines, more than %d: part it by what it does", name, n, maxLines)
		}
	})
}

// bans are texts that have no place in Go files.
var bans = []struct {
	text    *regexp.Regexp
	in      func(name string) bool
	instead string
}{
	{regexp.MustCompile(`//.*\b(TO` + `DO|FIX` + `ME)\b`), anywhere, "do it now, or open an issue"},
	{regexp.MustCompile(`\bpanic\(([^"]|"[^u])`), inProduct, `return an error; where no input can lead, panic("unreachable: ...") says why`},
	{regexp.MustCompile(`(?i)\b(hive|spark|sqlite)`), inToolkit, "the toolkit names no dialect"},
}

func anywhere(string) bool { return true }

func inProduct(name string) bool {
	return !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "internal/fake")
}

func inToolkit(name string) bool { return strings.HasPrefix(name, "toolkit/") }

func TestBans(t *testing.T) {
	eachFile(t, ".go", func(name, text string) {
		for i, line := range strings.Split(text, "\n") {
			for _, b := range bans {
				if b.in(name) && b.text.MatchString(line) {
					t.Errorf("%s:%d: %s: %s", name, i+1, strings.TrimSpace(line), b.instead)
				}
			}
		}
	})
}
