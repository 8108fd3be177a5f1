package integration

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// batches reads a result to its end and hands each of its batches to see.
func batches(t *testing.T, s *hive.Session, query string, options hive.Options, see func(*hive.Batch)) {
	t.Helper()
	rows, err := s.Query(t.Context(), query, options)
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := rows.NextBatch(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		see(b)
	}
	if err := rows.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestRowCounts: every row comes, once and in order, wherever the end lies in a batch.
func TestRowCounts(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		limit := math.MaxInt
		switch {
		case live.On(live.Hive4, srv):
			limit = 10_000 // hive.server2.thrift.resultset.max.fetch.size
		case live.On(live.Before4, srv):
			limit = 0 // it sends all that one row explodes to, whatever it is asked for
		}
		s := live.Connect(t, live.Config(t, srv))
		for _, c := range []struct {
			fetch int
			rows  []int
		}{
			{1, []int{0, 1, 2}},
			{2, []int{0, 1, 2, 3, 4}},
			{7, []int{0, 1, 6, 7, 8, 50}},
			{1000, []int{0, 1, 999, 1000, 1001, 10_000}},
			{10_000, []int{0, 1, 9_999, 10_000, 10_001}},
			{20_000, []int{0, 19_999, 20_000, 20_001}},
		} {
			for _, want := range c.rows {
				got := 0
				query := "select i from " + live.Series(max(want, 1))
				if want == 0 {
					query += " where i < 0"
				}
				batches(t, s, query, hive.Options{FetchSize: c.fetch}, func(b *hive.Batch) {
					if b.Len() > min(c.fetch, limit) && limit > 0 || b.Len() == 0 {
						t.Errorf("fetch size %d: a batch of %d rows", c.fetch, b.Len())
					}
					for row := range b.Len() {
						if n, err := b.Value(row, 0); err != nil || n != int32(got) {
							t.Fatalf("fetch size %d: row %d of %d is %v, %v", c.fetch, got, want, n, err)
						}
						got++
					}
				})
				if got != want {
					t.Errorf("fetch size %d: got %d rows, want %d", c.fetch, got, want)
				}
			}
		}
	})
}

// TestRowsOfAJob: the same for a result that a job has written to files.
func TestRowsOfAJob(t *testing.T) {
	const want = 10_000
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		got := 0
		s := live.Connect(t, live.Config(t, srv))
		batches(t, s, "select i from "+live.Series(want)+" order by i", hive.Options{FetchSize: 999}, func(b *hive.Batch) {
			for row := range b.Len() {
				if n, err := b.Value(row, 0); err != nil || n != int32(got) {
					t.Fatalf("row %d is %v, %v", got, n, err)
				}
				got++
			}
		})
		if got != want {
			t.Errorf("got %d rows, want %d", got, want)
		}
	})
}

// TestMillionRows reads a million rows through database/sql.
func TestMillionRows(t *testing.T) {
	const want = 1_000_000
	db := live.Open(t, hivetest.Shared(t, hivetest.Hive401))
	rows, err := db.QueryContext(t.Context(), "select i, if(i % 8 = 0, null, concat('row ', i)) as s from "+live.Series(want))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := 0
	for ; rows.Next(); got++ {
		var n int
		var s sql.NullString
		if err := rows.Scan(&n, &s); err != nil {
			t.Fatal(err)
		}
		if n != got || s.Valid != (n%8 != 0) || s.Valid && s.String != "row "+strconv.Itoa(n) {
			t.Fatalf("row %d is %d, %+v", got, n, s)
		}
	}
	if err := rows.Err(); err != nil || got != want {
		t.Errorf("got %d rows, %v, want %d", got, err, want)
	}
}

// nullPatterns tell which rows are NULL, as HiveQL of i and as Go.
var nullPatterns = []struct {
	text string
	null func(i int) bool
}{
	{"false", func(int) bool { return false }},
	{"true", func(int) bool { return true }},
	{"i % 8 = 0", func(i int) bool { return i%8 == 0 }},
	{"i % 11 = 0", func(i int) bool { return i%11 == 0 }},
	{"i < 99", func(i int) bool { return i < 99 }},
	{"i = 64", func(i int) bool { return i == 64 }},
}

// onePerType gives the first value of each type, but for NULL's own.
func onePerType(srv *hivetest.Server) []samples.Value {
	var one []samples.Value
	for _, v := range samples.On(srv) {
		known := func(k samples.Value) bool { return k.Type.Kind == v.Type.Kind }
		if v.Native != nil && !slices.ContainsFunc(one, known) {
			one = append(one, v)
		}
	}
	return one
}

// TestNullPatterns: each type with NULL in some rows, all, and none, over a columnar protocol and one of rows. The server
// cuts a bitmap behind its last NULL.
func TestNullPatterns(t *testing.T) {
	const rows = 100
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		for _, version := range []int{10, 5} {
			types := onePerType(srv)
			if version < 6 {
				types = slices.DeleteFunc(types, func(v samples.Value) bool { return failsInRows(srv, v.Type.Kind) })
			}
			var texts []string
			for _, v := range types {
				for _, p := range nullPatterns {
					texts = append(texts, fmt.Sprintf("if(%s, null, %s) as c%d", p.text, v.Text, len(texts)))
				}
			}
			query := "select " + strings.Join(texts, ",\n") + " from " + live.Series(rows)
			t.Run(fmt.Sprintf("V%d", version), func(t *testing.T) {
				cfg := live.Config(t, srv)
				offer(cfg, version)
				i := 0
				batches(t, live.Connect(t, cfg), query, hive.Options{FetchSize: 30}, func(b *hive.Batch) {
					for row := range b.Len() {
						for col := range texts {
							v, p := types[col/len(nullPatterns)], nullPatterns[col%len(nullPatterns)]
							if bin, ok := v.Native.([]byte); ok && version < 6 { // see TestOldProtocols
								v.Native = bytes.ToValidUTF8(bin, []byte("\ufffd"))
							}
							if p.null(i) {
								v.Native = nil
							}
							if got, err := b.Value(row, col); err != nil || !samples.Same(got, v.Native) || isNull(t, b, row, col) != (v.Native == nil) {
								t.Fatalf("row %d, NULL if %s: %s is %#v, %v, want %#v", i, p.text, v.Text, got, err, v.Native)
							}
						}
						i++
					}
				})
				if i != rows {
					t.Errorf("got %d rows, want %d", i, rows)
				}
			})
		}
	})
}

// TestWide reads 500 columns of all types.
func TestWide(t *testing.T) {
	const columns, rows = 500, 20
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		types := onePerType(srv)
		var texts []string
		for col := range columns {
			texts = append(texts, fmt.Sprintf("if((i + %d) %% 11 = 0, null, %s) as c%[1]d", col, types[col%len(types)].Text))
		}
		i := 0
		s := live.Connect(t, live.Config(t, srv))
		batches(t, s, "select "+strings.Join(texts, ",\n")+" from "+live.Series(rows), hive.Options{FetchSize: 8}, func(b *hive.Batch) {
			if len(b.Columns()) != columns {
				t.Fatalf("got %d columns, want %d", len(b.Columns()), columns)
			}
			for row := range b.Len() {
				for col := range columns {
					want := types[col%len(types)].Native
					if (i+col)%11 == 0 {
						want = nil
					}
					if got, err := b.Value(row, col); err != nil || !samples.Same(got, want) {
						t.Fatalf("row %d, column %d: got %#v, %v, want %#v", i, col, got, err, want)
					}
				}
				i++
			}
		})
		if i != rows {
			t.Errorf("got %d rows, want %d", i, rows)
		}
	})
}

// TestLongValues reads strings and binaries of a mebibyte.
func TestLongValues(t *testing.T) {
	const size, rows = 1 << 20, 5
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		query := fmt.Sprintf("select i, repeat('é', %d + i*0) as s, unhex(repeat('ff', %d + i*0)) as b, array(repeat('x', %d + i*0)) as a from %s",
			size/2, size, size, live.Series(rows))
		got, err := live.Open(t, srv).QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Close()
		n := 0
		for ; got.Next(); n++ {
			var i int
			var s, a string
			var b []byte
			if err := got.Scan(&i, &s, &b, &a); err != nil {
				t.Fatal(err)
			}
			if i != n || s != strings.Repeat("é", size/2) || !bytes.Equal(b, bytes.Repeat([]byte{0xff}, size)) || a != `["`+strings.Repeat("x", size)+`"]` {
				t.Errorf("row %d (%d): %d, %d and %d bytes", n, i, len(s), len(b), len(a))
			}
		}
		if got.Err() != nil || n != rows {
			t.Errorf("got %d rows, %v, want %d", n, got.Err(), rows)
		}
	})
}

// TestUTF8 reads text of all planes of Unicode, made by the server from its bytes.
func TestUTF8(t *testing.T) {
	var want, texts []string
	for plane := range rune(17) {
		var b strings.Builder
		for r := plane << 16; r < (plane+1)<<16; r += 61 {
			if r > 0 && utf8.ValidRune(r) {
				b.WriteRune(r)
			}
		}
		want = append(want, b.String())
		texts = append(texts, fmt.Sprintf("decode(unhex('%x'), 'UTF-8')", b.String()))
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		b := onlyBatch(t, live.Connect(t, live.Config(t, srv)), "select "+strings.Join(texts, ", "))
		for plane := range want {
			if got, err := b.Value(0, plane); err != nil || got != want[plane] {
				t.Errorf("plane %d came as %.100q, %v", plane, got, err)
			}
		}
	})
}

// TestInvalidUTF8: the server itself replaces what is no UTF-8 in a STRING; a BINARY keeps it.
func TestInvalidUTF8(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		var s string
		var b []byte
		row := live.Open(t, srv).QueryRowContext(t.Context(), "select cast(unhex('41ff42') as string), unhex('41ff42')")
		if err := row.Scan(&s, &b); err != nil {
			t.Fatal(err)
		}
		if s != "A\ufffdB" || string(b) != "A\xffB" {
			t.Errorf("got %q and %q", s, b)
		}
	})
}

// TestEmptyIsNotNull: what is empty is not NULL.
func TestEmptyIsNotNull(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		query := `select '' as a, cast(null as string) as b, unhex('') as c, cast(null as binary) as d, array() as e, if(rand() > 2, array(1), null) as f`
		b := onlyBatch(t, live.Connect(t, live.Config(t, srv)), query)
		for col, null := range []bool{false, true, false, true, false, true} {
			v, err := b.Value(0, col)
			if err != nil || isNull(t, b, 0, col) != null || (v == nil) != null {
				t.Errorf("column %s: got %#v, %v, want NULL: %v", b.Columns()[col].Name, v, err, null)
			}
		}
		var s sql.NullString
		var c, d []byte
		row := live.Open(t, srv).QueryRowContext(t.Context(), "select a, c, d from ("+query+") q")
		if err := row.Scan(&s, &c, &d); err != nil || !s.Valid || s.String != "" || c == nil || len(c) != 0 || d != nil {
			t.Errorf("got %+v, %#v, %#v, %v", s, c, d, err)
		}
	})
}
