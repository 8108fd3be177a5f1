package integration

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// expressions make values of each type out of the number i of a row.
var expressions = []struct {
	text  string
	long  bool // for few rows
	kinds []hivetest.Kind
}{
	{"i % 3 = 0", false, live.Kinds},
	{"cast(i % 256 - 128 as tinyint)", false, live.Kinds},
	{"cast(i * 7 % 65536 - 32768 as smallint)", false, live.Kinds},
	{"i * 200003 - 1000000007", false, live.Kinds},
	{"cast(i as bigint) * 900719925474099 - 4611686018427387904L", false, live.Kinds},
	{"cast(i / 7 as float)", false, live.Kinds},
	{"cast(if(i % 4 = 1, 'NaN', if(i % 4 = 2, '-Infinity', '-0.0')) as float)", false, live.Kinds},
	{"i / 7E0 - 99", false, live.Kinds},
	{"cast(if(i % 5 = 1, 'NaN', if(i % 5 = 2, 'Infinity', '4.9E-324')) as double)", false, live.Kinds},
	{"cast(i * 1.37BD as decimal(10,2))", false, live.Kinds},
	{"cast(i as decimal(20,0)) * -12345678901234567", false, live.Kinds},
	{"cast(concat('-0.', repeat('0', 30), i) as decimal(38,38))", false, live.Kinds},
	{"cast(null as decimal(7,3))", false, live.Kinds},
	{"concat('row ', i)", false, live.Kinds},
	{"''", false, live.Kinds},
	{"if(i % 2 = 0, '', repeat('é\\u4e2d\\ud83d\\ude00\\t\\n', i % 9))", false, live.Kinds},
	{"repeat('x', 4090 + i % 12)", true, live.Kinds}, // from 4096 on each has memory of its own
	{"repeat(concat(i, '蜂'), 3000)", true, live.Kinds},
	{"cast(concat('v', i) as varchar(4))", false, live.Kinds},
	{"cast(concat('c', i) as char(8))", false, live.Kinds},
	{"unhex(md5(cast(i as string)))", false, live.Kinds},
	{"unhex(repeat('ff00', i % 3))", false, live.Kinds},
	{"unhex(repeat('fe', 4090 + i % 12))", true, live.Kinds},
	{"date_add(date '1900-01-01', i * 7)", false, live.Kinds},
	{"cast(concat(cast(date_add(date '1900-01-01', i) as string), ' 03:04:05.', i) as timestamp)", false, live.Kinds},
	{"cast(cast(concat(cast(date_add(date '2000-01-01', i) as string), ' 23:59:59') as timestamp) as timestamp with local time zone)", false, live.Since3},
	{"if(i % 2 = 0, interval '1-2' year to month, interval '-30-11' year to month)", false, live.Kinds},
	{"if(i % 2 = 0, interval '1 02:03:04.5' day to second, interval '-0 00:00:00.000001' day to second)", false, live.Kinds},
	{"array(i, null, i + 1)", false, live.Kinds},
	{"split(repeat('a\"b,', i % 5), ',')", false, live.Kinds},
	{"map('k', i, 'l', null)", false, live.Kinds},
	{"named_struct('a', i, 'b', concat('x', i), 'c', array(i * 1E0))", false, live.Kinds},
	{"null", false, live.Kinds},
}

// rowCounts lie around the edges of bytes of a NULL bitmap, of the first requests, and of what servers give at a time.
var rowCounts = []int{10_001, 0, 1, 65, 1000, 7, 8, 9, 63, 64, 1001, 2, 127, 128, 129, 1087, 1088, 1089, 10_000, 255, 256, 257, 999}

// table is the result of a query that a server makes of nothing.
type table struct {
	query string
	rows  int
}

// tables is how many in a row have all of rowCounts and some others.
var tables = uint64(len(rowCounts)) + 2

// newTable makes up a table; stored is the name of one that holds the integers from 0 up to 10,000.
func newTable(rng *rand.Rand, srv *hivetest.Server, seed uint64, stored string) table {
	rows := 1 + rng.IntN(3000)
	if n := seed % tables; n < uint64(len(rowCounts)) {
		rows = rowCounts[n]
	}
	var columns []string
	for want := 1 + rng.IntN(8); len(columns) < want; {
		e := expressions[rng.IntN(len(expressions))]
		if !live.On(e.kinds, srv) || e.long && rows > 300 {
			continue
		}
		if null := nullPattern(rng, rows); null != "" && e.text != "null" {
			e.text = fmt.Sprintf("if(%s, null, %s)", null, e.text)
		}
		columns = append(columns, fmt.Sprintf("%s as c%d", e.text, len(columns)))
	}
	from := fmt.Sprintf("%s where i < %d", stored, rows)
	if rng.IntN(2) == 0 && rows > 0 {
		from = live.Series(rows)
	}
	return table{query: "select " + strings.Join(columns, ",\n") + "\nfrom " + from, rows: rows}
}

// nullPattern is the condition under which row i is NULL, "" for never.
func nullPattern(rng *rand.Rand, rows int) string {
	some := rng.IntN(max(rows, 1))
	return []string{
		"", "", "i >= 0", "i % 8 = 0", "i % 8 = 7", "i % 11 = 0", "i = 0", "i = 63 or i = 64",
		fmt.Sprintf("i = %d", max(rows-1, 0)), fmt.Sprintf("i < %d", some), fmt.Sprintf("i >= %d", some), fmt.Sprintf("i = %d", some),
		fmt.Sprintf("pmod(hash(i, %d), 2) = 0", some), fmt.Sprintf("pmod(hash(i, %d), 97) = 0", some),
	}[rng.IntN(14)]
}

// truth is a result as it comes one row at a time: what Value and DriverValue give, and the texts that were sent, nil
// for NULL, and for what is not sent as text.
type truth struct {
	columns              []hive.Column
	native, plain, texts [][]any
}

// sentAsText tells the types whose values are texts on the wire; that of VOID is not promised.
func sentAsText(k hive.Kind) bool {
	switch k {
	case hive.KindBoolean, hive.KindTinyInt, hive.KindSmallInt, hive.KindInt, hive.KindBigInt, hive.KindFloat, hive.KindDouble, hive.KindNull:
		return false
	}
	return true
}

// rowAtATime reads up to 300 rows one by one, each asked for when the one before was read, and what is left by 83.
func rowAtATime(t *testing.T, s *hive.Session, query string) *truth {
	t.Helper()
	rows := executedRows(t, s, query, hive.Options{FetchSize: 1})
	w := &truth{columns: rows.Columns()}
	for {
		n := 1
		if len(w.native) >= 300 {
			n = 83
		}
		b, ok := next(t, func() (*hive.Batch, error) { return rows.FetchMany(t.Context(), n) })
		if !ok {
			break
		}
		for row := range b.Len() {
			w.add(t, b, row)
		}
	}
	if err := rows.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return w
}

// executedRows is the result of a statement whose rows were not asked for yet.
func executedRows(t *testing.T, s *hive.Session, query string, options hive.Options) *hive.Rows {
	t.Helper()
	op, err := s.Execute(t.Context(), query, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := op.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (w *truth) add(t *testing.T, b *hive.Batch, row int) {
	t.Helper()
	width := len(w.columns)
	native, plain, texts := make([]any, width), make([]any, width), make([]any, width)
	for col, c := range w.columns {
		var err error
		if native[col], err = b.Value(row, col); err != nil {
			t.Fatal(err)
		}
		if plain[col], err = b.DriverValue(row, col); err != nil {
			t.Fatal(err)
		}
		if native[col] == nil || !sentAsText(c.Type.Kind) {
			continue
		}
		all, err := hive.Values[[]byte](b, col)
		if err != nil {
			t.Fatal(err)
		}
		texts[col] = string(all[row])
	}
	w.native, w.plain, w.texts = append(w.native, native), append(w.plain, plain), append(w.texts, texts)
}
