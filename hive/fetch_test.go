package hive_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

func capped(t *testing.T, rows, most int, change func(*hive.Config)) (*fakehs2.Server, *hive.Session) {
	t.Helper()
	srv := fakehs2.StartCapped(t, rows, most)
	cfg := configFor(srv.Port())
	change(cfg)
	return srv, connect(t, cfg)
}

// The rows asked for: few at first, then as many as the size of rows allows; a number that is given is kept.
func TestFetchSizes(t *testing.T) {
	tests := []struct {
		name       string
		rows, most int
		change     func(*hive.Config)
		options    hive.Options
		want       []int64 // the first requests
	}{
		{"adapts", 30_000, 10_000, func(c *hive.Config) {}, hive.Options{}, []int64{64, 64, 1024, 1024, 1024, 10_000, 10_000}},
		{"adapts, one at a time", 30_000, 10_000, func(c *hive.Config) { c.Prefetch = -1 }, hive.Options{}, []int64{64, 1024, 10_000, 10_000, 10_000, 10_000}},
		{"a small result", 5, 10_000, func(c *hive.Config) {}, hive.Options{}, []int64{64, 64}},
		{"a small result, one ahead", 5, 10_000, func(c *hive.Config) { c.Prefetch = 1 }, hive.Options{}, []int64{64, 1024}},
		{"fixed", 20, 10_000, func(c *hive.Config) { c.FetchSize = 7 }, hive.Options{}, []int64{7, 7, 7, 7, 7, 7}},
		{"fixed for a statement", 20, 10_000, func(c *hive.Config) { c.FetchSize = 7 }, hive.Options{FetchSize: 9}, []int64{9, 9, 9, 9, 9, 9}},
		{"below the server's cap", 5000, 1000, func(c *hive.Config) { c.FetchSize, c.Prefetch = 4000, 2 }, hive.Options{}, []int64{4000, 4000, 4000, 4000}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv, s := capped(t, tt.rows, tt.most, tt.change)
			rows, err := s.Query(bounded(t), "select n, s from t", tt.options)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for b, err := range rows.Batches(bounded(t)) {
				if err != nil {
					t.Fatal(err)
				}
				if n, err = check(b, n); err != nil {
					t.Fatal(err)
				}
			}
			if err := rows.Close(bounded(t)); err != nil {
				t.Error(err)
			}
			idle(t, srv, 1) // and the server has seen every request: nobody waits for those behind the end
			got := srv.Asked()
			if n != tt.rows || len(got) < len(tt.want) || !slices.Equal(got[:len(tt.want)], tt.want) {
				t.Errorf("%d rows, asked for %v,\nwant %d rows and first %v", n, got, tt.rows, tt.want)
			}
			if extra := 5; len(got) > tt.rows/min(tt.most, max(int(tt.want[len(tt.want)-1]), 1))+len(tt.want)+extra {
				t.Errorf("%d requests: %v", len(got), got)
			}
		})
	}
}

// FetchMany gives exactly as many rows as it is asked for, and asks the server for as many.
func TestFetchMany(t *testing.T) {
	const rows, most = 1000, 100
	for _, prefetch := range []int{-1, 1, 4} {
		for _, n := range []int{1, 7, 99, 100, 101, 250, 1000, 5000} {
			t.Run(fmt.Sprintf("%d rows, prefetch %d", n, prefetch), func(t *testing.T) {
				srv, s := capped(t, rows, most, func(c *hive.Config) { c.Prefetch = prefetch })
				op, err := s.Execute(bounded(t), "select n, s from t", hive.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if err := op.Wait(bounded(t)); err != nil {
					t.Fatal(err)
				}
				result, err := op.Rows(bounded(t))
				if err != nil {
					t.Fatal(err)
				}
				for seen := 0; seen < rows; {
					b, err := result.FetchMany(bounded(t), n)
					if err != nil {
						t.Fatal(err)
					}
					if want := min(n, rows-seen); b.Len() != want {
						t.Fatalf("%d rows after %d, want %d", b.Len(), seen, want)
					}
					if seen, err = check(b, seen); err != nil {
						t.Fatal(err)
					}
				}
				for range 2 {
					if b, err := result.FetchMany(bounded(t), n); err != io.EOF {
						t.Errorf("at the end: %v, %v, want %v", b, err, io.EOF)
					}
				}
				for i, asked := range srv.Asked() {
					if n <= most && i < rows/n && int(asked) != n || int(asked) > n {
						t.Errorf("request %d asks for %d rows, want %d", i, asked, n)
					}
				}
				if err := result.Close(bounded(t)); err != nil {
					t.Error(err)
				}
				idle(t, srv, 1)
			})
		}
	}
}

// FetchMany and NextBatch may be mixed in any order.
func TestFetchManyAndNextBatch(t *testing.T) {
	_, s := capped(t, 500, 100, func(c *hive.Config) {})
	rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close(bounded(t))
	seen, sizes := 0, []int(nil)
	for i := 0; ; i++ {
		var b *hive.Batch
		if n := []int{3, 0, 150, 1, 0}[i%5]; n > 0 {
			b, err = rows.FetchMany(bounded(t), n)
		} else {
			b, err = rows.NextBatch(bounded(t))
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, b.Len())
		if seen, err = check(b, seen); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int{3, 61, 150, 1}; seen != 500 || !slices.Equal(sizes[:4], want) {
		t.Errorf("%d rows in batches of %v, want 500 that begin with %v", seen, sizes, want)
	}
	var refused *hive.ConfigError
	if _, err := rows.FetchMany(bounded(t), 0); !errors.As(err, &refused) {
		t.Errorf("FetchMany of 0 rows: %v, want a *ConfigError", err)
	}
}

// The first rows may be asked for too early: that is no error of the statement, and no rows are lost. An error that is
// one is given once, and no rows are asked for again.
func TestEarlyFetch(t *testing.T) {
	running := hs.TOperationState_RUNNING_STATE
	stillRuns := fakehs2.Reply(&hs.TCLIServiceGetOperationStatusResult{Success: &hs.TGetOperationStatusResp{
		Status: &hs.TStatus{}, OperationState: &running,
	}})
	failed := func(text string) fakehs2.Step {
		return fakehs2.Reply(&hs.TCLIServiceFetchResultsResult{Success: &hs.TFetchResultsResp{Status: fakehs2.Failure(text, "", 0)}})
	}
	for name, tt := range map[string]struct {
		status, fetch []fakehs2.Step
		want          want
		asked         int
	}{
		"refused":               {[]fakehs2.Step{stillRuns}, []fakehs2.Step{failed("Expected states: [FINISHED], but found RUNNING")}, want{}, 3},
		"refused twice":         {[]fakehs2.Step{stillRuns}, []fakehs2.Step{failed("but found RUNNING, not FINISHED"), failed("but found RUNNING, not FINISHED")}, want{}, 4},
		"just in time":          {[]fakehs2.Step{stillRuns}, nil, want{}, 2},
		"an error of the rows":  {nil, []fakehs2.Step{failed("java.io.IOException: a UDF failed")}, want{kind: "server", text: "a UDF failed"}, 2},
		"an error that repeats": {nil, []fakehs2.Step{failed("but found FINISHED"), failed("but found FINISHED"), failed("but found FINISHED")}, want{kind: "server"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			srv := fakehs2.Start(t, 5)
			srv.On("GetOperationStatus", tt.status...)
			srv.On("FetchResults", tt.fetch...)
			s := connect(t, configFor(srv.Port()))
			n, err := query(bounded(t), s)
			if tt.want.kind != "" {
				tt.want.check(t, err)
			} else if err != nil || n != 5 {
				t.Errorf("%d rows, %v, want 5", n, err)
			}
			if got := srv.Count("FetchResults"); got != tt.asked {
				t.Errorf("%d fetches, want %d", got, tt.asked)
			}
			works(t, s, 5)
			idle(t, srv, 1)
		})
	}
}

// A description that came while the statement ran is not believed: Spark's is one column of text until it has planned.
func TestEarlyDescription(t *testing.T) {
	running := hs.TOperationState_RUNNING_STATE
	srv := fakehs2.Start(t, 5)
	srv.On("GetOperationStatus", fakehs2.Reply(&hs.TCLIServiceGetOperationStatusResult{Success: &hs.TGetOperationStatusResp{
		Status: &hs.TStatus{}, OperationState: &running,
	}}))
	entry := &hs.TTypeEntry{PrimitiveEntry: &hs.TPrimitiveTypeEntry{Type: hs.TTypeId_STRING_TYPE}}
	srv.On("GetResultSetMetadata", fakehs2.Reply(&hs.TCLIServiceGetResultSetMetadataResult{Success: &hs.TGetResultSetMetadataResp{
		Status: &hs.TStatus{}, Schema: &hs.TTableSchema{Columns: []*hs.TColumnDesc{
			{ColumnName: "Result", TypeDesc: &hs.TTypeDesc{Types: []*hs.TTypeEntry{entry}}, Position: 1},
		}},
	}}))
	s := connect(t, configFor(srv.Port()))
	rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if columns := rows.Columns(); len(columns) != 2 || columns[0].Name != "t.n" {
		t.Errorf("got columns %v, want n and s", columns)
	}
	if b, err := rows.NextBatch(bounded(t)); err != nil || b.Len() != 5 {
		t.Errorf("a batch of %v, %v, want 5 rows", b, err)
	}
	if err := rows.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	idle(t, srv, 1)
}

// A command's result is read at once, and given batch by batch, also when another one was run meanwhile.
func TestResultOfCommand(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	rows, err := s.Query(bounded(t), "set", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fetched := srv.Count("FetchResults")
	n := 0
	for _, want := range []int{3, 2} {
		works(t, s, 5)
		b, err := rows.NextBatch(bounded(t))
		if err != nil || b.Len() != want {
			t.Fatalf("a batch of %v, %v, want %d rows", b, err, want)
		}
		if n, err = check(b, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rows.NextBatch(bounded(t)); err != io.EOF || fetched != 3 {
		t.Errorf("at the end: %v, want %v; %d fetches, want 3", err, io.EOF, fetched)
	}
}

// What was got from a batch stays as it is, and the batch itself says that it is over unless it was retained.
func TestBatchLife(t *testing.T) {
	const rows, most = 1000, 100
	_, s := capped(t, rows, most, func(c *hive.Config) { c.FetchSize = most })
	result, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var (
		numbers [][]int32
		views   [][][]byte
		nulls   []hive.Nulls
		batches []*hive.Batch
	)
	for b, err := range result.Batches(bounded(t)) {
		if err != nil {
			t.Fatal(err)
		}
		n, err := hive.Values[int32](b, 0)
		if err != nil {
			t.Fatal(err)
		}
		v, err := hive.Values[[]byte](b, 1)
		if err != nil {
			t.Fatal(err)
		}
		null, err := b.Nulls(1)
		if err != nil {
			t.Fatal(err)
		}
		numbers, views, nulls, batches = append(numbers, n), append(views, v), append(nulls, null), append(batches, b)
		if len(batches)%2 == 0 {
			if err := b.Retain(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := result.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	row := 0
	for i, b := range batches {
		for j := range numbers[i] {
			text, ok := fakehs2.Text(row)
			if int(numbers[i][j]) != row || ok == nulls[i].IsNull(j) || ok && string(views[i][j]) != text {
				t.Fatalf("row %d has become %d, %q", row, numbers[i][j], views[i][j])
			}
			row++
		}
		if i%2 == 1 {
			if _, err := check(b, row-b.Len()); err != nil {
				t.Errorf("a retained batch: %v", err)
			}
			continue
		}
		_, value := b.Value(0, 0)
		_, values := hive.Values[int32](b, 0)
		_, _, texts := b.AppendTexts(nil, nil, 1)
		_, boxed := b.DriverValues(nil, 0)
		_, null := b.Nulls(0)
		for name, err := range map[string]error{"Value": value, "Values": values, "AppendTexts": texts, "DriverValues": boxed, "Nulls": null, "Retain": b.Retain()} {
			if !errors.Is(err, hive.ErrStaleBatch) {
				t.Errorf("%s of a batch that is over: %v, want %v", name, err, hive.ErrStaleBatch)
			}
		}
	}
	if row != rows {
		t.Errorf("%d rows, want %d", row, rows)
	}
}

// NextRows gives what is here, as far as it is wanted, asks for the number it is told, and mixes with the others.
func TestNextRows(t *testing.T) {
	srv, s := capped(t, 1000, 100, func(c *hive.Config) { c.Prefetch = 1 })
	rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close(bounded(t))
	n := 0
	for _, step := range []struct{ most, ask, want int }{{50, 0, 50}, {50, 0, 14}, {1000, 7, 100}, {3, 7, 3}, {3, 7, 3}, {3, 7, 1}, {9, 7, 7}} {
		b, err := rows.NextRows(bounded(t), step.most, step.ask)
		if err != nil || b.Len() != step.want {
			t.Fatalf("NextRows(%d, %d) behind row %d: %v, %v; want %d rows", step.most, step.ask, n, b, err, step.want)
		}
		if n, err = check(b, n); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := rows.FetchMany(bounded(t), 20); err != nil || b.Len() != 20 {
		t.Errorf("FetchMany: %v, %v", b, err)
	}
	if got := srv.Asked(); !slices.Equal(got[:5], []int64{64, 1024, 7, 7, 7}) {
		t.Errorf("asked for %v", got)
	}
	for _, wrong := range [][2]int{{0, 0}, {1, -1}} {
		if _, err := rows.NextRows(bounded(t), wrong[0], wrong[1]); !errors.As(err, new(*hive.ConfigError)) {
			t.Errorf("NextRows%v: %v", wrong, err)
		}
	}
}
