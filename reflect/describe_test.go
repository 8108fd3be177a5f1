package hivereflect

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/schema"
)

func equal(t testing.TB, want, got any, what ...string) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%s got\n%+v, want\n%+v", what, got, want)
	}
}

func fine(t testing.TB, err error, what ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(what, err)
	}
}

// captured is an answer of a real server, in testdata/describe: a row a line, as JSON. The paths of the machine are
// others.
func captured(t testing.TB, name string) []row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "describe", name))
	fine(t, err)
	var rows []row
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		var r row
		fine(t, json.Unmarshal([]byte(line), &r.cells), line)
		rows = append(rows, r)
	}
	return rows
}

func fromText(rows []row) (*found, error) {
	r := newTextReader()
	err := r.read(linesOf(rows))
	return r.found, err
}

func fromSpark(rows []row) (*found, error) {
	r := sparkReader{found: &found{defaults: map[string]string{}}}
	err := r.read(linesOf(rows))
	return r.found, err
}

func fromJSON(t *testing.T, name string) *found {
	t.Helper()
	f, err := readJSON(captured(t, name)[0].at(0))
	fine(t, err)
	return f
}

// What Hive says in text is what it says in JSON, but for what text has no place for.
func TestTextIsJSON(t *testing.T) {
	for _, name := range []string{
		"hive4.a1", "hive4.kid", "hive4.par", "hive4.v1", "hive4.mv1", "hive4.src", "hive4.io1", "hive4.tmp1",
		"hive2.a1", "hive2.kid", "hive2.par", "hive2.v1", "hive2.tmp1",
	} {
		t.Run(name, func(t *testing.T) {
			want := fromJSON(t, name+".json")
			got := newTextReader()
			fine(t, got.read(linesOf(captured(t, name+".formatted"))))
			got.Name = want.Name
			if got.keyCut { // readText asks for it
				got.primaryKey.Columns = want.primaryKey.Columns
			}
			if want.primaryKey != nil {
				want.primaryKey.Rely = false
			}
			for i := range want.foreignKeys {
				want.foreignKeys[i].Rely = false
			}
			for i := range want.checks { // which are enforced: that they may be relied on follows
				equal(t, true, want.checks[i].Rely)
				want.checks[i].Rely = false
			}
			for property, v := range want.detail.Properties {
				if len(v) < 20 {
					want.detail.Properties[property] = strings.TrimRight(v, " ")
				}
			}
			delete(want.detail.Properties, "numFilesErasureCoded")
			if want.Temporary { // the time of its making is not kept
				delete(want.detail.Properties, "bucketing_version")
				delete(got.detail.Properties, "bucketing_version")
			}
			equal(t, want.info(), got.info())
		})
	}
}

func TestDescribedInJSON(t *testing.T) {
	a1 := fromJSON(t, "hive4.a1.json")
	equal(t, []field{
		{"a", "int", "x"},
		{"# col_name", "string", "# Detailed Table Information"},
		{"table type", "struct<a:int,b:map<string,decimal(10,2)>>", "line1\nline2\ttab"},
		{"d", "char(5)", ` quote' and \ back `},
		{"# partition information", "timestamp", ""},
	}, a1.columns)
	equal(t, []field{{"p", "int", "pp"}, {"q r", "string", ""}}, a1.partitions)
	equal(t, a1.columns, fromJSON(t, "hive2.a1.json").columns, "without those of partitions, which Hive 2.3 repeats")
	equal(t, buckets{[]string{"a"}, []sortColumn{{"a", true}, {"d", false}}, 4}, a1.buckets)
	equal(t, "EXTERNAL_TABLE", a1.tableType)
	equal(t, "tc 'q' \\ nl\nsecond  ", a1.detail.Properties["comment"])
	equal(t, "  x  ", a1.detail.Properties["sp"])
	equal(t, "\x01", a1.detail.SerDeProperties["field.delim"])
	equal(t, time.Date(2026, 11, 23, 10, 12, 1, 0, time.UTC), a1.detail.Created)

	par, kid := fromJSON(t, "hive4.par.json"), fromJSON(t, "hive4.kid.json")
	equal(t, &schema.PrimaryKey{Name: "hs2_pk1", Columns: []string{"a", "b"}, NotEnforced: true, Rely: true}, par.primaryKey)
	equal(t, []schema.Unique{{Name: "hs2_u1", Columns: []string{"c", "b"}, NotEnforced: true}}, par.unique)
	equal(t, []schema.Check{{Name: "hs2_ck1", Condition: schema.SQL("`c` > 0 and `b` <> 'x, y\\'z'"), Rely: true}}, par.checks)
	equal(t, map[string]bool{"a": true}, par.notNull)
	equal(t, map[string]string{"c": "cast(1.5 as decimal(10,2))", "e": "date '2020-01-01'"}, par.defaults)
	equal(t, []schema.ForeignKey{{
		Name: "hs2_fk1", Columns: []string{"x", "y"}, RefSchema: "wt_hs2", RefTable: "par", RefColumns: []string{"a", "b"},
		NotEnforced: true, Rely: true,
	}}, kid.foreignKeys)

	equal(t, []string{"a", "b", "c", "d"}, fromJSON(t, "hive2.pk3.json").primaryKey.Columns)
	equal(t, skew{[]string{"a", "b"}, [][]string{{"1", "x, y"}, {"2", ")"}}, true}, fromJSON(t, "hive4.sk.json").skew)
	equal(t, "select `src`.`a`, count(*) `c` from `wt_hs2`.`src` group by `src`.`a`", fromJSON(t, "hive4.mv1.json").definition)
	equal(t, true, fromJSON(t, "hive4.tmp1.json").Temporary)
	equal(t, true, fromJSON(t, "hive2.tmp1.json").Temporary)

	for _, text := range []string{"", "{", "{}", `{"tableInfo":{"sd":[]}}`, `{"columns":[]}`} {
		_, err := readJSON(text)
		equal(t, true, errors.As(err, new(*DescribeError)), text)
	}
}

// A query of several lines is found in the other answer, whole.
func TestQueryOfView(t *testing.T) {
	const want = "select `a1`.`a`,\n  'x\ny'\tas `b` -- c\nfrom `wt_hs2`.`a1`\n\nwhere `a1`.`a` > 1"
	for _, server := range []string{"hive4", "hive2"} {
		equal(t, want, fromJSON(t, server+".v3.json").definition)
		r := newTextReader()
		fine(t, r.read(linesOf(captured(t, server+".v3.formatted"))))
		equal(t, true, r.queryCut)
		got, err := queryOf(captured(t, server+".v3.extended"))
		fine(t, err)
		equal(t, want, got)
	}
	_, err := queryOf(captured(t, "hive4.v3.formatted"))
	equal(t, true, errors.As(err, new(*DescribeError)))
}

func TestKeyIsCut(t *testing.T) {
	r := newTextReader()
	fine(t, r.read(linesOf(captured(t, "hive2.pk3.formatted"))))
	equal(t, true, r.keyCut, "Hive 2.3 shows two of the four columns")
}

func TestSpark(t *testing.T) {
	read := func(name string) (*found, bool) {
		r := sparkReader{found: &found{defaults: map[string]string{}}}
		fine(t, r.read(linesOf(captured(t, name))))
		return r.found, r.more
	}
	a1, more := read("spark.a1.formatted")
	equal(t, true, more)
	equal(t, []field{
		{"a", "int", "x"},
		{"# col_name", "string", "# Detailed Table Information"},
		{"Table Type", "struct<a:int,b:map<string,decimal(10,2)>>", "line1\nline2\ttab"},
		{"d", "char(5)", ` quote' and \ back `},
		{"# Partition Information", "timestamp", ""},
	}, a1.columns)
	equal(t, []field{{"p", "int", "pp"}, {"q r", "string", ""}}, a1.partitions)
	equal(t, schema.Relation{Schema: "wt_hs2", Name: "a1", Comment: "tc 'q' \\ nl\nsecond  "}, a1.Relation)

	a2, _ := read("spark.a2.formatted")
	equal(t, buckets{[]string{"a"}, []sortColumn{{"a", false}}, 4}, a2.buckets)
	equal(t, map[string]string{"b": "named_struct('c',1,'d','x')"}, a2.defaults)
	equal(t, dialect.Using("parquet", map[string]string{}), a2.detail.storage()[0])

	v2, _ := read("spark.v2.formatted")
	equal(t, `select a, b from a2 where dt > '\\ \' x'`, v2.definition)
	equal(t, 0, len(v2.defaults), "those of a table that it reads")

	pt, more := read("spark.pt.formatted")
	equal(t, false, more)
	equal(t, []field{{"p", "string", ""}, {"d", "date", ""}}, pt.partitions)

	view, more := read("spark.tmpv.formatted")
	equal(t, false, more)
	equal(t, true, view.Temporary)
	equal(t, schema.View, view.info().Kind)

	ctas, _ := read("spark.ctas.formatted")
	equal(t, "array<struct<x:decimal(2,1),y:z:interval day>>", ctas.info().Attrs[2].(Detail).Unread[0].Type)
}

// cells makes rows: columns stand between bars, and ~ is NULL.
func cells(lines ...string) []row {
	var rows []row
	for _, l := range lines {
		var r row
		for _, c := range strings.Split(l, "|") {
			if c == "~" {
				r.cells = append(r.cells, nil)
			} else {
				r.cells = append(r.cells, &c)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// What is not understood is an error with its line, and never left out.
func TestGarbledText(t *testing.T) {
	table := []string{"a|int|", "b|int|", "|~|~", "# Detailed Table Information|~|~", "Database:           |x                   |~"}
	storage := slices.Clip(append(slices.Clone(table), "# Storage Information|~|~"))
	tests := []struct {
		name  string
		lines []string
		line  int
	}{
		{"nothing", nil, 0},
		{"columns alone", []string{"a|int|"}, 1},
		{"a column without a type", []string{"a||x"}, 1},
		{"a column without a name", []string{"|int|"}, 1},
		{"no colon", append(slices.Clone(table), "b                 |c                   |~"), 6},
		{"pairs of nothing", append(slices.Clone(table), "|a|b"), 6},
		{"number of buckets", append(storage, "Num Buckets:        |many                |~"), 7},
		{"columns of buckets", append(storage, "Bucket Columns:     |[a, c]              |~"), 7},
		{"no list", append(storage, "Bucket Columns:     |a                   |~"), 7},
		{"order", append(storage, "Sort Columns:       |[Order(col:a, order:2)]|~"), 7},
		{"order of no column", append(storage, "Sort Columns:       |[Order(col:c, order:1)]|~"), 7},
		{"no list of orders", append(storage, "Sort Columns:       |Order(col:a, order:1)|~"), 7},
		{"skew", append(storage, "Skewed Columns:     |[a, b]              |~", "Skewed Values:      |[[1, x, y]]         |~"), 8},
		{"no values of a skew", append(storage, "Skewed Columns:     |[a, b]              |~", "Skewed Values:      |~|~"), 8},
		{"parent", append(slices.Clone(table), "# Foreign Keys|~|~", "Constraint Name:    |k|~", "Parent Column Name:p.a|Column Name:a|Key Sequence:1"), 8},
		{"a key without a name", append(slices.Clone(table), "# Unique Constraints|~|~", "Column Name:a|Key Sequence:1|~"), 7},
	}
	for _, tt := range tests {
		_, err := fromText(cells(tt.lines...))
		var garbled *DescribeError
		if !errors.As(err, &garbled) || garbled.Line != tt.line {
			t.Errorf("%s: got %v, want a DescribeError of line %d", tt.name, err, tt.line)
		}
	}
	for name, lines := range map[string][]string{
		"nothing": nil,
		"buckets": {"a|int|~", "# Detailed Table Information||", "Num Buckets|many|"},
		"columns": {"a|int|~", "# Detailed Table Information||", "Bucket Columns|[`b`]|"},
	} {
		if _, err := fromSpark(cells(lines...)); !errors.As(err, new(*DescribeError)) {
			t.Errorf("%s: got %v, want a DescribeError", name, err)
		}
	}
}

func TestUnescape(t *testing.T) {
	tests := map[string]string{
		``: "", `a`: "a", `\\`: `\`, `\n\t\r\b\f\"\'\/`: "\n\t\r\b\f\"'/", `\u0001`: "\x01", `é😀\u00E9`: "é😀é",
		`\uD83D\uDE00`: "😀", `\`: `\`, `\q`: `\q`, `\u12`: `\u12`, `\u12g4`: `\u12g4`, `\\n`: `\n`,
	}
	for text, want := range tests {
		if got := unescape(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestUnpad(t *testing.T) {
	tests := map[string]string{
		"a                   ": "a", "é                   ": "é", "😀                  ": "😀",
		"a                    ": "a                    ", "a ": "a ", "": "", "                    ": "",
	}
	for text, want := range tests {
		if got := unpad(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestJavaDate(t *testing.T) {
	want := time.Date(2026, 11, 3, 10, 12, 1, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"Tue Nov 03 10:12:01 UTC 2026": want, "Tue Nov 03 10:12:01 GMT 2026": want,
		"Tue Nov 03 10:12:01 XYZ 2026": {}, "UNKNOWN": {}, "": {},
	} {
		if got := javaDate(text); !got.Equal(want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// FuzzDescribe: whatever the server says, the answer is a table or a DescribeError. Rows end with \x1e, cells with \x1f; a
// NUL is NULL.
func FuzzDescribe(f *testing.F) {
	names, err := filepath.Glob("testdata/describe/*.*.*")
	fine(f, err)
	for _, name := range names {
		var text strings.Builder
		for _, r := range captured(f, filepath.Base(name)) {
			for _, c := range r.cells {
				if c == nil {
					text.WriteByte(0)
				} else {
					text.WriteString(*c)
				}
				text.WriteByte('\x1f')
			}
			text.WriteByte('\x1e')
		}
		f.Add(text.String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		var rows []row
		for _, l := range strings.Split(strings.TrimSuffix(text, "\x1e"), "\x1e") {
			var r row
			for _, c := range strings.Split(strings.TrimSuffix(l, "\x1f"), "\x1f") {
				if c == "\x00" {
					r.cells = append(r.cells, nil)
				} else {
					r.cells = append(r.cells, &c)
				}
			}
			rows = append(rows, r)
		}
		_, err := queryOf(rows)
		errs := []error{err}
		for _, read := range []func([]row) (*found, error){fromText, fromSpark, func(rows []row) (*found, error) { return readJSON(rows[0].at(0)) }} {
			table, err := read(rows)
			errs = append(errs, err)
			if err == nil {
				schema.NewTable(nil, "t", items(table.info())...)
			}
		}
		for _, err := range errs {
			if garbled := (*DescribeError)(nil); err != nil && !errors.As(err, &garbled) {
				t.Errorf("%T %v, want a DescribeError", err, err)
			} else if err != nil && (garbled.Line < 0 || garbled.Line > len(rows)) {
				t.Errorf("line %d of %d", garbled.Line, len(rows))
			}
		}
	})
}

func items(t *schema.TableInfo) (all []schema.Item) {
	for _, c := range t.Columns {
		all = append(all, c)
	}
	all = append(all, t.Constraints...)
	for _, a := range t.Attrs {
		all = append(all, a)
	}
	return all
}

func ExampleDescribeError() {
	fmt.Println(&DescribeError{Schema: "s", Table: "t", Line: 3, Text: "Num Buckets:\tmany", Reason: "want a number"})
	// Output: hivereflect: what the server tells of table "t" in schema "s" is not understood: line 3, "Num Buckets:\tmany": want a number
}
