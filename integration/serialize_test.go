package integration

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// jobSettings make every SELECT run a job, of two reducers where it has any.
var jobSettings = map[string]string{"hive.fetch.task.conversion": "none", "mapreduce.job.reduces": "2"}

// jobSessions are two sessions in which the same statements give the same rows: one whose results are serialised in
// tasks, and one whose results are not.
func jobSessions(t *testing.T, srv *hivetest.Server) (serialised, plain *hive.Session) {
	t.Helper()
	conf := func(c *hive.Config) { c.SessionConf = maps.Clone(jobSettings) }
	return live.Connect(t, live.Config(t, srv, conf, func(c *hive.Config) { c.SerializeInTasks = true })), live.Connect(t, live.Config(t, srv, conf))
}

// resultText is a result as text: its columns, its rows with every value in both forms, and the size of its batches.
type resultText struct {
	columns, rows []string
	largest       int
}

// smallFetch is a fetch size that results serialised in tasks do not keep to.
const smallFetch = 7

func readText(t *testing.T, s *hive.Session, query string) (r resultText) {
	t.Helper()
	batches(t, s, query, hive.Options{FetchSize: smallFetch}, func(b *hive.Batch) {
		r.largest = max(r.largest, b.Len())
		if r.columns == nil {
			for _, c := range b.Columns() {
				r.columns = append(r.columns, fmt.Sprintf("%s %v", c.Name, c.Type))
			}
		}
		for row := range b.Len() {
			r.rows = append(r.rows, rowText(t, b, row))
		}
	})
	return r
}

func rowText(t *testing.T, b *hive.Batch, row int) string {
	t.Helper()
	var values []string
	for col := range b.Columns() {
		v, err := b.Value(row, col)
		if err != nil {
			t.Fatal(err)
		}
		d, err := b.DriverValue(row, col)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, fmt.Sprintf("%#v, %#v", v, d))
	}
	return strings.Join(values, "\n")
}

func (r resultText) compare(t *testing.T, query string, plain resultText, inOrder bool) {
	t.Helper()
	if !inOrder {
		slices.Sort(r.rows)
		slices.Sort(plain.rows)
	}
	if len(r.rows) != len(plain.rows) {
		t.Errorf("%s: got %d rows, want %d", query, len(r.rows), len(plain.rows))
		return
	}
	if !slices.Equal(r.columns, plain.columns) {
		t.Errorf("%s: got columns %q\nwant %q", query, r.columns, plain.columns)
	}
	for i := range r.rows {
		if r.rows[i] == plain.rows[i] {
			continue
		}
		got, want := strings.Split(r.rows[i], "\n"), strings.Split(plain.rows[i], "\n")
		for col := range want {
			if got[col] != want[col] {
				t.Errorf("%s: row %d, column %d\n got %s\nwant %s", query, i, col, got[col], want[col])
			}
		}
		return
	}
}

// TestSerialisedTypes: a value is the same whoever wrote it, a task or HiveServer2, for each type but TINYINT.
func TestSerialisedTypes(t *testing.T) {
	onHives(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		serialised, plain := jobSessions(t, srv)
		var exprs []string
		for _, v := range samples.On(srv) {
			// Days after the year 9999 do not survive the text file of a job that is not serialised: 10000-01-01 is NULL
			// with Hive 4 and 0001-01-01 with Hive 2.
			if v.Type.Kind != hive.KindTinyInt && !strings.HasPrefix(v.Text, "date_add") {
				exprs = append(exprs, v.Text)
			}
		}
		for _, n := range nestedOn(srv) {
			exprs = append(exprs, n.text)
		}
		live.Exec(t, db, "create table if not exists serialise_types (n int)")
		live.Exec(t, db, "insert overwrite table serialise_types select i from "+live.Series(2*smallFetch))
		query := "select " + strings.Join(exprs, ", ") + " from serialise_types"
		got, want := readText(t, serialised, query), readText(t, plain, query)
		if got.largest <= smallFetch || want.largest > smallFetch {
			t.Errorf("batches of %d and %d rows: the first should be serialised, the second not", got.largest, want.largest)
		}
		got.compare(t, query, want, true)

		all := slices.DeleteFunc(columns(srv), func(c column) bool { return c.value.Type.Kind == hive.KindTinyInt })
		var stored, nulls []string
		for i, c := range all {
			stored = append(stored, fmt.Sprintf("%s as c%d", c.value.Text, i))
			nulls = append(nulls, fmt.Sprintf("if(n = %d, null, c%d) as c%[2]d", i%smallFetch, i))
		}
		live.Exec(t, db, "drop table if exists serialise_nulls")
		live.Exec(t, db, fmt.Sprintf("create table serialise_nulls stored as orc as select %s from (select %s) v lateral view posexplode(split(space(%d), ' ')) x as n, y",
			strings.Join(nulls, ", "), strings.Join(stored, ", "), 2*smallFetch-1))
		query = "select * from serialise_nulls"
		got, want = readText(t, serialised, query), readText(t, plain, query)
		if len(got.rows) != 2*smallFetch || got.largest <= smallFetch {
			t.Errorf("%d rows in batches of %d, want %d in one", len(got.rows), got.largest, 2*smallFetch)
		}
		got.compare(t, query, want, true)
	})
}

// TestSerialisedRows: no row is lost or comes twice, whatever files and batches the tasks write.
func TestSerialisedRows(t *testing.T) {
	onHives(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		serialised, plain := jobSessions(t, srv)
		live.Exec(t, db, "create table if not exists serialise_rows (i int, s string)")
		live.Exec(t, db, "insert overwrite table serialise_rows select i, concat('row ', i) from "+live.Series(12_345))
		for _, c := range []struct {
			query   string
			inOrder bool
		}{
			{"select i, s from serialise_rows order by i", true},
			{"select i, s from serialise_rows where i < 1000 order by i", true},
			{"select i, s from serialise_rows where i < 0 order by i", true},
			{"select s, i from serialise_rows distribute by i", false},
			// A task whose rows fill its last batch writes one without rows, which is not the end: the other task's follow.
			{"select i, s from serialise_rows where i < 2000 distribute by i % 2", false},
			{"select i, s from serialise_rows where i < 1 distribute by i", false},
			{"select i % 100, count(*), max(s) from serialise_rows group by i % 100", false},
			{"select i from serialise_rows limit 3", false},
		} {
			got, want := readText(t, serialised, c.query), readText(t, plain, c.query)
			if len(want.rows) > smallFetch && got.largest <= smallFetch {
				t.Errorf("%s: batches of %d rows: it was not serialised", c.query, got.largest)
			}
			got.compare(t, c.query, want, c.inOrder)
		}
	})
}

// TestSerialisedLimits holds what docs/dsn.md says of them.
func TestSerialisedLimits(t *testing.T) {
	onHives(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		live.Exec(t, db, "create table if not exists serialise_types (n int)")
		live.Exec(t, db, "insert overwrite table serialise_types select i from "+live.Series(2*smallFetch))
		tiny := "select cast(n as tinyint) as t from serialise_types"
		serialised, plain := jobSessions(t, srv)
		if rows, err := serialised.Query(t.Context(), tiny, hive.Options{}); err == nil {
			t.Errorf("a TINYINT column is no limit any more: %v", rows.Close(t.Context()))
		}
		readText(t, serialised, "select array(cast(n as tinyint)) as t from serialise_types").compare(t, "TINYINT in an ARRAY",
			readText(t, plain, "select array(cast(n as tinyint)) as t from serialise_types"), true)

		// Without a job HiveServer2 sends the rows itself, TINYINT and all, and so it does for old protocols.
		direct := live.Connect(t, live.Config(t, srv, func(c *hive.Config) { c.SerializeInTasks = true }))
		old := live.Config(t, srv, func(c *hive.Config) { c.SerializeInTasks, c.SessionConf = true, maps.Clone(jobSettings) })
		offer(old, 8)
		for name, s := range map[string]*hive.Session{"no job": direct, "V8": live.Connect(t, old)} {
			got := readText(t, s, tiny)
			if got.largest > smallFetch {
				t.Errorf("%s: a batch of %d rows, want %d at most", name, got.largest, smallFetch)
			}
			got.compare(t, name, readText(t, plain, tiny), true)
		}
	})
}

func onHives(t *testing.T, test func(t *testing.T, srv *hivetest.Server)) {
	for _, kind := range live.Hives {
		t.Run(string(kind), func(t *testing.T) { test(t, live.Shared(t, kind)) })
	}
}
