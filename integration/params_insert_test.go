package integration

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// TestInsertStrings writes strings to a table and reads them back.
func TestInsertStrings(t *testing.T) {
	rows := strings.TrimSuffix(strings.Repeat("(?, ?), ", len(hostile)), ", ")
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		inserts := map[string]string{"select": fmt.Sprintf("select stack(%d, %s)", len(hostile), marks(2*len(hostile)))}
		if live.On(live.NewOnes, srv) {
			// Hive 2 writes VALUES to a text file first, in which a line feed ends the row, \x01 the column, and \N is NULL.
			inserts["values"] = "values " + rows
		}
		for name, insert := range inserts {
			t.Run(name, func(t *testing.T) { insertStrings(t, db, insert) })
		}
	})
}

func insertStrings(t *testing.T, db *sql.DB, insert string) {
	live.Exec(t, db, "drop table if exists params_strings")
	live.Exec(t, db, "create table params_strings (i int, s string) stored as orc")
	var args []any
	for i, s := range hostile {
		args = append(args, i, s)
	}
	live.Exec(t, db, "insert into params_strings "+insert, args...)
	rows, err := db.QueryContext(t.Context(), "select i, s from params_strings")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for ; rows.Next(); seen++ {
		var i int
		var got string
		if err := rows.Scan(&i, &got); err != nil {
			t.Fatal(err)
		}
		if got != hostile[i] {
			t.Errorf("%q was stored as %q", hostile[i], got)
		}
	}
	if err := rows.Err(); err != nil || seen != len(hostile) {
		t.Errorf("got %d rows, %v, want %d", seen, err, len(hostile))
	}
}

// TestInsertTypes writes a value of every type and NULL, as VALUES and as SELECT.
func TestInsertTypes(t *testing.T) {
	columns := []struct {
		typ   string
		arg   any
		want  any             // as database/sql gives it
		plain []hivetest.Kind // where VALUES takes it: Hive 2 has only strings, numbers and booleans there
	}{
		{"string", "it's ${env:PATH}", "it's ${env:PATH}", live.Kinds},
		{"bigint", int64(-5), int64(-5), live.Kinds},
		{"bigint", int64(math.MinInt64), int64(math.MinInt64), live.NewOnes},
		{"double", -1.5e-7, -1.5e-7, live.Kinds},
		{"double", math.Inf(-1), math.Inf(-1), live.NewOnes},
		{"boolean", true, true, live.Kinds},
		{"decimal(20,4)", samples.Decimal("-12.34"), "-12.3400", live.NewOnes},
		{"decimal(20,0)", uint64(math.MaxUint64), "18446744073709551615", live.NewOnes},
		{"binary", []byte{0, 0xff}, []byte{0, 0xff}, live.NewOnes},
		{"date", samples.Day(2020, 2, 29), samples.UTC(2020, 2, 29), live.NewOnes},
		{"timestamp", samples.UTC(2020, 1, 2, 3, 4, 5, 123_456_000), samples.UTC(2020, 1, 2, 3, 4, 5, 123_456_000), live.NewOnes},
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		for name, insert := range map[string]string{"values": "values (%s), (%[1]s)", "select": "select %s union all select %[1]s"} {
			t.Run(name, func(t *testing.T) {
				columns := slices.Clone(columns)
				if name == "values" {
					for i := range columns {
						if !live.On(columns[i].plain, srv) {
							columns[i].typ, columns[i].arg, columns[i].want = "string", nil, nil
						}
					}
				}
				var defs []string
				args, got, dest := make([]any, 2*len(columns)), make([]any, len(columns)), make([]any, len(columns)) // the second row is NULLs
				for i, c := range columns {
					defs = append(defs, fmt.Sprintf("c%d %s", i, c.typ))
					args[i], dest[i] = c.arg, &got[i]
				}
				live.Exec(t, db, "drop table if exists params_types")
				live.Exec(t, db, "create table params_types ("+strings.Join(defs, ", ")+") stored as orc")
				live.Exec(t, db, "insert into params_types "+fmt.Sprintf(insert, marks(len(columns))), args...)
				rows, err := db.QueryContext(t.Context(), "select * from params_types")
				if err != nil {
					t.Fatal(err)
				}
				defer rows.Close()
				seen := map[bool]int{} // rows of NULLs, and others
				for rows.Next() {
					if err := rows.Scan(dest...); err != nil {
						t.Fatal(err)
					}
					isNull := got[0] == nil
					seen[isNull]++
					for i, c := range columns {
						if isNull {
							c.arg, c.want = nil, nil
						}
						if !samples.Same(got[i], c.want) {
							t.Errorf("%T %v was stored as %T %v, want %v", c.arg, c.arg, got[i], got[i], c.want)
						}
					}
				}
				if err := rows.Err(); err != nil || seen[false] != 1 || seen[true] != 1 {
					t.Errorf("got %v rows, %v, want one that is NULL and one that is not", seen, err)
				}
			})
		}
	})
}

// TestLists: a slice is a list, as IN wants it.
func TestLists(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		for _, c := range []struct {
			list any
			want int
		}{
			{[]int{3, 5, 200}, 2},
			{[]int64{7}, 1},
			{[3]uint8{1, 2, 3}, -1}, // a []byte is a BINARY
			{[]any{1, nil, int8(2)}, 2},
			{[]hive.Decimal{samples.Decimal("1"), samples.Decimal("2.5")}, 1},
		} {
			got, err := results(t, db, "select i from (select i from "+live.Series(10)+") t where i in (?)", c.list)
			if c.want < 0 && err == nil || c.want >= 0 && (err != nil || len(got[0]) != c.want) {
				t.Errorf("%T %v: got %q, %v, want %d rows", c.list, c.list, got, err, c.want)
			}
		}
		got, err := results(t, db, `select s from (select explode(array('it\'s', '?', 'x')) as s) t where s in (:list)`, sql.Named("list", []string{"it's", "?", "${x}"}))
		if err != nil || len(got[0]) != 2 {
			t.Errorf("got %q, %v, want two rows", got, err)
		}
	})
}

// TestPrepared: a prepared statement takes new arguments each time.
func TestPrepared(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		stmt, err := live.Open(t, srv).PrepareContext(t.Context(), "select ? /* ? */, '?', `?` from (select ? as `?`) t -- ?")
		if err != nil {
			t.Fatal(err)
		}
		defer stmt.Close()
		for i := range 3 {
			var a int
			var b, c string
			if err := stmt.QueryRowContext(t.Context(), i, fmt.Sprint("c", i)).Scan(&a, &b, &c); err != nil || a != i || b != "?" || c != fmt.Sprint("c", i) {
				t.Errorf("got %d, %q, %q, %v", a, b, c, err)
			}
		}
		if _, err := stmt.QueryContext(t.Context(), 1); err == nil {
			t.Error("one argument for two placeholders is no error")
		}
	})
}
