package toolkit

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// numberedRow is a row of numberedRows.
type numberedRow struct {
	I int
	S *string
}

func numberedRows(n int) expr.Node {
	where := ""
	if n == 0 {
		n, where = 1, " where i < 0"
	}
	return expr.Text("select i, if(i % 3 = 0, null, concat('row ', i)) as s from " + live.Series(n) + where)
}

func (r numberedRow) check(t *testing.T, i int) {
	if want := "row " + strconv.Itoa(i); r.I != i || (r.S == nil) != (i%3 == 0) || r.S != nil && *r.S != want {
		t.Helper()
		t.Fatalf("row %d is %+v", i, r)
	}
}

// ask executes a query on an engine.
func ask(t *testing.T, e engine.Executor, n expr.Node) *engine.Result {
	t.Helper()
	r, err := e.Query(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lists are the ways to read a result in lists of n rows, each of which is handed to see.
var lists = map[string]func(t *testing.T, r *engine.Result, n int, see func([]numberedRow)){
	"FetchMany": func(t *testing.T, r *engine.Result, n int, see func([]numberedRow)) {
		for {
			list, err := engine.Into[numberedRow](r).FetchMany(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			if see(list); len(list) == 0 {
				return
			}
		}
	},
	"Partitions": func(t *testing.T, r *engine.Result, n int, see func([]numberedRow)) {
		for list, err := range engine.Into[numberedRow](r).Partitions(n) {
			if err != nil {
				t.Fatal(err)
			}
			see(list)
		}
	},
	"FetchMany of rows": func(t *testing.T, r *engine.Result, n int, see func([]numberedRow)) {
		for {
			rows, err := r.FetchMany(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			list := make([]numberedRow, len(rows))
			for i, row := range rows {
				if err := engine.Scan(row, &list[i].I, &list[i].S); err != nil {
					t.Fatal(err)
				}
			}
			if see(list); len(list) == 0 {
				return
			}
		}
	},
}

// TestRowLists: lists of rows are exact, for every count and size, and however the rows come; on Hive 4 all, on the others
// some.
func TestRowLists(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		fetches, counts := []string{"1", "2", "1000", "auto"}, []int{0, 1, 19, 20, 23}
		if !live.On(live.Hive4, srv) {
			fetches, counts = []string{"2", "auto"}, []int{0, 23}
		}
		for _, fetch := range fetches {
			e := hiveEngine(t, srv, engine.Options{}, "fetchSize="+fetch)
			for _, count := range counts {
				q := numberedRows(count)
				for _, n := range []int{0, 1, 5, 7, 10, 100} {
					for name, read := range lists {
						size := n
						if n == 0 && name == "Partitions" {
							size = engine.DefaultFetchSize
						}
						r, at := ask(t, e, q), 0
						read(t, r, n, func(list []numberedRow) {
							if want := min(size, count-at); len(list) != want {
								t.Fatalf("fetchSize=%s, %d rows, %s(%d): %d rows after %d, want %d", fetch, count, name, n, len(list), at, want)
							}
							for _, row := range list {
								row.check(t, at)
								at++
							}
						})
						if n == 0 && size == 0 {
							if err := r.Close(); err != nil {
								t.Error(err)
							}
							continue
						}
						if at != count {
							t.Errorf("fetchSize=%s, %d rows, %s(%d): %d rows", fetch, count, name, n, at)
						}
					}
				}
			}
		}
	})
}

// TestManyLists: a million rows come in exact lists, and stream in bounded memory.
func TestManyLists(t *testing.T) {
	const count = 1_000_000
	srv := hivetest.Shared(t, hivetest.Hive401)
	for _, tt := range []struct {
		fetch   string
		n       int
		name    string
		bounded bool
	}{
		{"auto", 10_000, "Partitions", true},
		{"auto", 0, "Partitions", true},
		{"1000", 777, "FetchMany", true},
		{"auto", 10_000, "FetchMany of rows", true},
		{"auto", 2 * count, "FetchMany", false},
	} {
		e := hiveEngine(t, srv, engine.Options{}, "fetchSize="+tt.fetch)
		size := tt.n
		if size == 0 {
			size = engine.DefaultFetchSize
		}
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		at, most := 0, uint64(0)
		lists[tt.name](t, ask(t, e, numberedRows(count)), tt.n, func(list []numberedRow) {
			if want := min(size, count-at); len(list) != want {
				t.Fatalf("%s(%d): %d rows after %d, want %d", tt.name, tt.n, len(list), at, want)
			}
			for i, row := range list {
				row.check(t, at+i)
			}
			if at += len(list); tt.bounded && at%(100*size) == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			}
		})
		if at != count || most > 48<<20 {
			t.Errorf("%s(%d), fetchSize=%s: %d rows, with %d MiB", tt.name, tt.n, tt.fetch, at, most>>20)
		}
	}
}

// TestListsInAnyOrder: whatever takes the next rows, they are the next ones.
func TestListsInAnyOrder(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		for seed := range uint64(12) {
			rnd := rand.New(rand.NewPCG(seed, 6))
			fetch := []string{"1", "2", "1000", "auto"}[rnd.IntN(4)]
			count := 1 + rnd.IntN(300)
			r, at := ask(t, hiveEngine(t, srv, engine.Options{}, "fetchSize="+fetch), numberedRows(count)), 0
			typed := engine.Into[numberedRow](r)
			see := func(rows []numberedRow, err error) bool {
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				for _, row := range rows {
					row.check(t, at)
					at++
				}
				return len(rows) > 0
			}
			for at < count {
				switch n := 1 + rnd.IntN(30); rnd.IntN(4) {
				case 0:
					row, ok, err := typed.Next(t.Context())
					if see([]numberedRow{row}, err); !ok {
						t.Fatalf("seed %d: the end behind %d rows", seed, at)
					}
				case 1:
					row, ok, err := r.Next(t.Context())
					var v numberedRow
					if err == nil && ok {
						err = engine.Scan(row, &v.I, &v.S)
					}
					see([]numberedRow{v}, err)
				case 2:
					list, err := typed.FetchMany(t.Context(), n)
					if want := min(n, count-at); see(list, err) != (want > 0) || len(list) != want {
						t.Fatalf("seed %d: FetchMany(%d) gave %d rows", seed, n, len(list))
					}
				case 3:
					if rnd.IntN(4) == 0 {
						see(typed.All(t.Context()))
					}
				}
			}
			if _, ok, err := typed.Next(t.Context()); ok || err != nil || at != count {
				t.Errorf("seed %d: %d rows of %d, then %v, %v", seed, at, count, ok, err)
			}
		}
	})
}

// eight are columns as texts.
type eight struct{ A, B, C, D, E, F, G, H sql.Null[string] }

// TestColumnsAreRows: a value of any type of the server's is the same, whether it comes by columns or through
// database/sql, and so is what a type of the program makes of it.
func TestColumnsAreRows(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		pool, d := live.Open(t, srv), live.Dialect(t, srv)
		byColumns := engine.New(pool, d, engine.Options{Carrier: skep.Carry})
		byRows := engine.New(pool, d, engine.Options{})
		values := samples.On(srv)
		for at := 0; at < len(values); at += 8 {
			texts, some := make([]string, 8), values[at:min(at+8, len(values))]
			for i := range texts {
				texts[i] = fmt.Sprintf("if(n %% 3 = 1, null, c%d) as %c", i%len(some), 'a'+i)
			}
			q := expr.Text(fmt.Sprintf("select %s from (%s) v lateral view explode(array(0, 1, 2, 3, 4)) x as n", strings.Join(texts, ", "), samples.Select(some)))
			r := ask(t, byColumns, q)
			if r.Batches() == nil {
				t.Fatal("the result has no batches")
			}
			got, err := engine.All[eight](t.Context(), r)
			want, wantErr := engine.All[eight](t.Context(), ask(t, byRows, q))
			if err != nil || wantErr != nil || len(got) != 5 || !slices.Equal(got, want) {
				t.Errorf("got  %v, %v\nwant %v, %v", got, err, want, wantErr)
			}
			if got, want := rowsOf(t, byColumns, q), rowsOf(t, byRows, q); len(got) != 5 || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
				t.Errorf("got  %#v\nwant %#v", got, want)
			}
		}
	})
}

// rowsOf are the values of a query's rows.
func rowsOf(t *testing.T, e engine.Executor, q expr.Node) (all [][]any) {
	t.Helper()
	rows, err := ask(t, e, q).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		all = append(all, row.Values())
	}
	return all
}

// TestArrowOfEngine: a result becomes records from its next row on, under its own names.
func TestArrowOfEngine(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	e := hiveEngine(t, srv, engine.Options{})
	r := ask(t, e, expr.Text("select t.* from (select i, concat('row ', i) as s from "+live.Series(2000)+") t"))
	first, err := engine.Into[numberedRow](r).FetchMany(t.Context(), 3)
	if err != nil || len(first) != 3 {
		t.Fatal(first, err)
	}
	reader, err := hivearrow.NewResultReader(t.Context(), r, hivearrow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	if name := reader.Schema().Field(1).Name; name != "s" {
		t.Errorf("the second column is %q", name)
	}
	at := 3
	for reader.Next() {
		rec := reader.RecordBatch()
		ids, texts := rec.Column(0).(*array.Int32), rec.Column(1).(*array.String)
		for i := range int(rec.NumRows()) {
			if int(ids.Value(i)) != at || texts.Value(i) != fmt.Sprint("row ", at) {
				t.Fatalf("row %d is %d, %s", at, ids.Value(i), texts.Value(i))
			}
			at++
		}
	}
	if reader.Err() != nil || at != 2000 || e.DB().Stats().InUse != 0 {
		t.Errorf("%d rows, %v, %d sessions in use", at, reader.Err(), e.DB().Stats().InUse)
	}
	other := engine.New(live.Open(t, srv), dialect.New(dialect.Hive40), engine.Options{})
	for _, r := range []*engine.Result{ask(t, other, numberedRows(3)), ask(t, e, numberedRows(3)).Columns("s"), engine.Merge(ask(t, e, numberedRows(3)))} {
		if _, err := hivearrow.NewResultReader(t.Context(), r, hivearrow.Options{}); err != engine.ErrNoBatches {
			t.Errorf("got %v, want ErrNoBatches", err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
