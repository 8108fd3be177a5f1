package toolkit

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestRandomIdentifiers: whatever a name holds, it comes back as the label of a column.
func TestRandomIdentifiers(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		d, db, r := live.Dialect(t, srv), live.Open(t, srv), live.Random(t)
		const statements, perStatement = 10, 40
		for range statements {
			var names []string
			for len(names) < perStatement {
				if name := randomName(r); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			items := make([]expr.Item, len(names))
			for i, name := range names {
				items[i] = expr.Lit[expr.Int](int64(i)).As(name)
			}
			query := live.SQL(t, d, expr.Select(items...))
			rows, err := db.QueryContext(t.Context(), query)
			if err != nil {
				t.Fatalf("%v\nin %s", err, query)
			}
			got, err := rows.Columns()
			rows.Close()
			if err != nil || !slices.Equal(got, names) {
				t.Fatalf("%q\ncame back as\n%q, error %v", names, got, err)
			}
		}
	})
}

// nameParts mean something to the servers' lexers.
var nameParts = []string{
	"`", "``", "'", `"`, `\`, "$", "{", "}", "--", "/*", "*/", ";", " ", "%", "_", "?", "(", ")", ",", "a", "0", "select", "date", "é", "測", "🐍",
}

// randomName is one that the dialect takes and no server changes: Hive makes labels lower case.
func randomName(r *rand.Rand) string {
	for {
		var b strings.Builder
		for range 1 + r.IntN(5) {
			if c := live.RandomRune(r, 0xffff); r.IntN(5) == 0 && unicode.ToLower(c) == c && unicode.IsPrint(c) {
				b.WriteRune(c)
			} else {
				b.WriteString(nameParts[r.IntN(len(nameParts))])
			}
		}
		name := b.String()
		if _, err := dialect.New(dialect.Hive40).AppendIdent(nil, name); err == nil && name == strings.TrimSpace(name) {
			return name
		}
	}
}
