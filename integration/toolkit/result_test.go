package toolkit

import (
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestResult: a result of the toolkit has a server's rows, in whatever batches they come, under the names of C-27, and
// with values of the columns' kinds.
func TestResult(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	db, ctx := live.Open(t, srv, "fetchSize=10"), t.Context()
	e := engine.New(db, dialect.New(dialect.Hive40), engine.Options{})
	query := func(text string, columns ...*schema.Column) *engine.Result {
		t.Helper()
		res, err := e.Query(t.Context(), expr.Text(text).Columns(columns...))
		if err != nil {
			t.Fatal(err)
		}
		return res
	}

	for _, count := range []int{1, 19, 20, 23} {
		res, got := query("select i from "+live.Series(count)), []int{}
		for _, n := range []int{0, 5, 10, -1} {
			part, err := engine.Into[int](res).FetchMany(ctx, n)
			if want := min(n, count-len(got)); err != nil || n >= 0 && len(part) != want {
				t.Fatalf("%d rows: FetchMany(%d) gave %d, error %v; want %d", count, n, len(part), err, want)
			}
			got = append(got, part...)
		}
		if len(got) != count || !slices.IsSorted(got) {
			t.Errorf("%d rows: got %v", count, got)
		}
	}

	type row struct {
		Day     schema.CivilDate
		At      time.Time
		Fare    schema.Decimal
		Tags    string
		Missing *int
		Raw     []byte
		Yes     bool
	}
	const values = `select d.* from (select date '2013-01-02' as day, timestamp '2013-01-02 12:00:00.000000005' as at,
		cast(12.5 as decimal(9,2)) as fare, array(1, 2) as tags, cast(null as int) as missing, cast('raw' as binary) as raw, true as yes) d`
	for name, res := range map[string]*engine.Result{"told by the server": query(values), "told by the statement": query(values,
		schema.Col("day", schema.Date), schema.Col("at", schema.Timestamp), schema.Col("fare", schema.Numeric(9, 2)),
		schema.Col("tags", schema.Array(schema.Integer)), schema.Col("missing", schema.Integer), schema.Col("raw", schema.Binary),
		schema.Col("yes", schema.Boolean))} {
		t.Run(name, func(t *testing.T) {
			if keys := res.Keys(); !slices.Equal(keys, []string{"day", "at", "fare", "tags", "missing", "raw", "yes"}) {
				t.Errorf("Keys: got %v", keys)
			}
			first, err := res.First(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if fare, err := first.Get("d.fare"); name == "told by the server" && (fare != schema.Decimal("12.50") || err != nil) {
				t.Errorf("by the server's name: got %v, error %v", fare, err)
			}
		})
	}
	got, err := engine.One[row](ctx, query(values))
	if err != nil {
		t.Fatal(err)
	}
	if got.Day != (schema.CivilDate{Year: 2013, Month: 1, Day: 2}) || got.At.Nanosecond() != 5 || got.Fare != "12.50" ||
		got.Tags != "[1,2]" || got.Missing != nil || string(got.Raw) != "raw" || !got.Yes {
		t.Errorf("got %+v", got)
	}
}

// TestResultWithoutRows: a statement that gives no rows has no result, and its connection is free.
func TestResultWithoutRows(t *testing.T) {
	db := live.Open(t, hivetest.Shared(t, hivetest.Hive401))
	db.SetMaxOpenConns(1)
	for range 2 {
		rows, err := db.QueryContext(t.Context(), "set hive.cli.print.header=false")
		if err != nil {
			t.Fatal(err)
		}
		res, err := engine.ResultOf(rows, nil, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := res.All(t.Context()); err != engine.ErrNoResult {
			t.Errorf("got error %v", err)
		}
	}
}
