package live

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/skep-go/skep/internal/golden"
)

// CheckPage compares the table in a page, which is the path of a file, with the one given; with -update it puts it there.
// The table stands between two marks.
func CheckPage(t *testing.T, page string, head []string, rows [][]string) {
	t.Helper()
	if t.Failed() {
		return
	}
	const begin, end = "<!-- measured: cd integration && go test -run 'SupportTable|TypesTable|Doors' . ./doors -update -->\n", "<!-- end -->"
	var table strings.Builder
	line := func(cells []string) { fmt.Fprintf(&table, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	table.WriteString("|" + strings.Repeat(" --- |", len(head)) + "\n")
	for _, row := range rows {
		line(row)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, ok2 := strings.Cut(rest, end)
	switch {
	case !ok || !ok2:
		t.Fatalf("%s has no %q or no %q after it", page, begin, end)
	case golden.Update():
		if err := os.WriteFile(page, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case got != table.String():
		t.Errorf("%s is out of date; run the test with -update\n got:\n%swant:\n%s", page, got, table.String())
	}
}
